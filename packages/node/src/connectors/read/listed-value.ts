import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';

/** Endings of files that no registry sells: a list of samples names files, and none of them is a host. */
const fileEndings = new Set(
  (
    'exe dll sys scr bat cmd vbs vbe ps1 psm1 jse wsf hta jar class php php3 asp aspx jsp js jsx ts html htm css txt ' +
    'log doc docx docm xls xlsx xlsm ppt pptx pdf rtf odt lnk msi dmg pkg apk ipa deb rpm elf bin dat tmp cfg ini conf ' +
    'xml json csv tsv yml yaml plist sqlite db rar 7z gz bz2 xz tar iso img png jpg jpeg gif bmp ico svg'
  ).split(' '),
);

/**
 * The value a person wrote where values are listed: a line of a list, a cell of a column.
 *
 * There its form decides: `kl.mybiz` is a name though no registry knows its ending, which private networks, other roots and
 * tomorrow's registries have. Running text is read by {@link recogniseValue} alone, which asks for a known ending.
 */
export function recogniseListed(text: string): ListedValue | undefined {
  const value = recogniseValue(text, { anySuffix: true });
  return value?.kind === 'domain' && fileEndings.has(value.value.slice(value.value.lastIndexOf('.') + 1))
    ? undefined
    : value;
}
