import { notify } from './notices.ts';

/** Puts text on the clipboard and says so; pages not served securely only have the old way. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Clipboard access is refused (no secure context): a selection and the copy command still work.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  notify({ text: said });
}
