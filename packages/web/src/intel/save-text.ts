/** Hands text to the browser as a file to keep. */
export function saveText(text: string, file: { readonly name: string; readonly type: string }): void {
  const address = URL.createObjectURL(new Blob([text], { type: file.type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  // The download has taken hold of the blob once this task is over.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
