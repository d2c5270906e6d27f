export function refang(text: string): string {
  return text;
}
export function defang(text: string): string {
  return text;
}
