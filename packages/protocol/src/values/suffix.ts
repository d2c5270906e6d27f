export function isKnownSuffix(_label: string): boolean {
  return false;
}
export function registrableDomain(_name: string): string | undefined {
  return undefined;
}
