import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { isHyphenated, isIpfixName, isLanguageTag } from './forms.ts';
import { pdfInfoKeys, requestHeaders, socketOptions } from './registries.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';

/** What is asked of a structure beyond its table, by its name. The walk stands in the structure. */
export type StructureRule = (structure: JsonObject, report: Report) => void;

export const structureRules: ReadonlyMap<string, StructureRule> = new Map<string, StructureRule>([
  ['external-reference', checkExternalReference],
  ['kill-chain-phase', checkKillChainPhase],
  ['granular-marking', checkGranularMarking],
  ['email-mime-part-type', (part, report) => needOne(part, ['body', 'body_raw_ref'], report)],
  ['windows-registry-value-type', (value, report) => needOne(value, ['name', 'data', 'data_type'], report)],
  ['windows-pe-optional-header-type', needAny],
  ['x509-v3-extensions-type', needAny],
  ['ntfs-ext', needAny],
  ['pdf-ext', checkPdf],
  ['raster-image-ext', checkRasterImage],
  ['windows-pebinary-ext', checkPeBinary],
  ['http-request-ext', checkHttpRequest],
  ['socket-ext', checkSocket],
  ['tcp-ext', needAny],
  ['windows-process-ext', checkWindowsProcess],
  ['windows-service-ext', needAny],
  ['unix-account-ext', needAny],
]);

/** §2.5.1, and the ids of §4.1.1 and §4.19.1. */
function checkExternalReference(reference: JsonObject, report: Report): void {
  const { source_name: source, external_id: id, url, description, hashes } = reference;
  if (source !== undefined && id === undefined && url === undefined && description === undefined)
    report.add('external-reference', undefined, 'Add a description, a url or an external_id to the reference');
  const [isCve, isCapec] = [isCveId(id), isCapecId(id)];
  if (source === 'cve' ? !isCve : isCve)
    report.add(
      'external-reference-id',
      'external_id',
      `Write a CVE with source_name "cve" and as CVE-YYYY-NNNN, not ${shown(id)}`,
    );
  if (source === 'capec' ? !isCapec : isCapec)
    report.add(
      'external-reference-id',
      'external_id',
      `Write a CAPEC with source_name "capec" and as CAPEC-N, not ${shown(id)}`,
    );
  if (url !== undefined && hashes === undefined)
    report.add('external-reference-hashes', undefined, `Add hashes of what ${shown(url)} gave`);
}

function isCveId(id: unknown): boolean {
  return typeof id === 'string' && /^CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,20})$/.test(id);
}

function isCapecId(id: unknown): boolean {
  return typeof id === 'string' && /^CAPEC-\d{1,20}$/.test(id);
}

/** §2.11. */
function checkKillChainPhase(phase: JsonObject, report: Report): void {
  for (const name of ['kill_chain_name', 'phase_name']) {
    const value = phase[name];
    if (typeof value === 'string' && !isHyphenated(value))
      report.add('kill-chain-name', name, `Write ${name} ${shown(value)} in lower case with hyphens`);
  }
}

/** §7.2.3.1; whether its selectors hit something is told with the whole object at hand. */
function checkGranularMarking(marking: JsonObject, report: Report): void {
  const { marking_ref: ref, lang, selectors } = marking;
  if ((ref === undefined) === (lang === undefined))
    report.add('marking-choice', undefined, 'Give the granular marking a marking_ref or a lang, one of them');
  if (typeof lang === 'string' && !isLanguageTag(lang))
    report.add('language-tag', 'lang', `Write an RFC 5646 language tag as lang, not ${shown(lang)}`);
  if (Array.isArray(selectors) && selectors.length === 0)
    report.add('list-empty', 'selectors', 'Name what is marked in selectors');
}

/** "MUST contain at least one property from this extension" (§6). */
function needAny(structure: JsonObject, report: Report): void {
  for (const name in structure) if (name !== 'extension_type') return;
  report.add('extension-empty', undefined, 'Add at least one of the properties defined for it');
}

function needOne(structure: JsonObject, names: readonly string[], report: Report): void {
  if (names.every((name) => structure[name] === undefined))
    report.add('property-choice', undefined, `Add ${names.join(' or ')}`);
}

/** §6.7.4. */
function checkPdf(pdf: JsonObject, report: Report): void {
  needAny(pdf, report);
  eachMember(pdf, 'document_info_dict', report, (key, value) => {
    if (typeof value !== 'string') report.add('value-type', key, `Write text as ${shown(key)}, not ${shown(value)}`);
    if (!pdfInfoKeys.has(key)) report.add('pdf-info-key', key, `Use a key of PDF information instead of ${shown(key)}`);
  });
}

/** §6.7.5. */
function checkRasterImage(image: JsonObject, report: Report): void {
  needAny(image, report);
  eachMember(image, 'exif_tags', report, (key, value) => {
    if (typeof value !== 'string' && !Number.isSafeInteger(value))
      report.add('value-type', key, `Write text or a whole number as ${shown(key)}, not ${shown(value)}`);
  });
}

/** §6.7.6: "The timestamp value MUST be precise to the second." */
function checkPeBinary(binary: JsonObject, report: Report): void {
  needAny(binary, report);
  const { time_date_stamp: stamp } = binary;
  if (typeof stamp === 'string' && stamp.includes('.'))
    report.add('timestamp-precision', 'time_date_stamp', `Write time_date_stamp to the second, not ${shown(stamp)}`);
  for (const name of ['number_of_sections', 'number_of_symbols']) {
    if (Number(binary[name] ?? 0) < 0) report.add('value-range', name, `Write a number of at least 0 as ${name}`);
  }
}

/** §6.12.3. */
function checkHttpRequest(request: JsonObject, report: Report): void {
  eachMember(request, 'request_header', report, (key, value) => {
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      report.add('value-type', key, `Write a list of texts as ${shown(key)}, not ${shown(value)}`);
    if (!requestHeaders.has(key)) report.add('header-name', key, `Use a known request header instead of ${shown(key)}`);
  });
}

/** §6.12.5. */
function checkSocket(socket: JsonObject, report: Report): void {
  eachMember(socket, 'options', report, (key, value) => {
    if (!Number.isSafeInteger(value))
      report.add('value-type', key, `Write a whole number as ${shown(key)}, not ${shown(value)}`);
    if (!socketOptions.has(key)) report.add('socket-option', key, `Use a known socket option instead of ${shown(key)}`);
  });
  for (const name of ['socket_descriptor']) {
    if (Number(socket[name] ?? 0) < 0) report.add('value-range', name, `Write a number of at least 0 as ${name}`);
  }
}

/** §6.13.2. */
function checkWindowsProcess(process: JsonObject, report: Report): void {
  needAny(process, report);
  const { priority } = process;
  if (typeof priority === 'string' && !/._CLASS$/.test(priority))
    report.add('priority-class', 'priority', `End the priority ${shown(priority)} with _CLASS`);
}

/** Keys and values of a dictionary inside a structure, with the walk in it; none when it is no dictionary. */
function eachMember(
  structure: JsonObject,
  name: string,
  report: Report,
  check: (key: string, value: JsonValue | undefined) => void,
): void {
  const dictionary = structure[name];
  if (!isJsonObject(dictionary)) return;
  report.enter(name);
  for (const key in dictionary) {
    check(key, dictionary[key]);
    if (report.isFull) break;
  }
  report.leave();
}

/** §6.12.1: names of IPFIX elements with whole numbers or texts. */
export function checkIpfix(traffic: JsonObject, report: Report): void {
  eachMember(traffic, 'ipfix', report, (key, value) => {
    if (typeof value !== 'string' && !Number.isSafeInteger(value))
      report.add('value-type', key, `Write text or a whole number as ${shown(key)}, not ${shown(value)}`);
    if (!isIpfixName(key)) report.add('ipfix-name', key, `Name an IPFIX element instead of ${shown(key)}`);
  });
}
