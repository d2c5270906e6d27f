import { isPropertyName } from './forms.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';

/** Reserved for versions of the standard to come. */
const reserved: ReadonlySet<string> = new Set(['severity', 'username', 'phone_numbers', 'action']);

/** A property nobody defined: how it is named, and that it should come with an extension (§7.3, §11). */
export function checkCustomName(name: string, report: Report): void {
  const isNamed = checkName(name, report);
  if (report.isClosed) report.add('property-refused', name, `Remove ${shown(name)}: nothing defines it`);
  report.add('custom-property', name, `Define ${shown(name)} in an extension`);
  if (isNamed) checkPrefix(name, '_', name, report);
}

/**
 * Custom names begin with x and say whose they are (§11): `x_source_name`, `x-source-name`.
 *
 * @param sign - What joins the parts of such a name.
 * @param key - Where the finding is.
 */
export function checkPrefix(name: string, sign: '_' | '-', key: string, report: Report): void {
  if (!name.startsWith(`x${sign}`))
    report.add('custom-prefix-lax', key, `Begin the name of ${shown(name)} with x${sign}`);
  else if (name.indexOf(sign, 3) < 0)
    report.add('custom-prefix', key, `Say in ${shown(name)} whose it is: x${sign}source${sign}name`);
}

/** Whether a property may be named so at all; says what is wrong when it may not. */
export function checkName(name: string, report: Report): boolean {
  if (reserved.has(name)) report.add('property-reserved', name, `Rename ${shown(name)}: the standard reserves it`);
  else if (!isPropertyName(name))
    report.add('property-name', name, `Rename ${shown(name)}: 3 to 250 of a-z, 0-9 and _`);
  else return true;
  return false;
}
