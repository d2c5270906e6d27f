import { validateObject } from '@comity/protocol/stix';
import type { Connection } from '../store/index.ts';
import { validatedMax } from './bounds.ts';
import type { Candidate, ImportFinding } from './import.ts';

/**
 * Checks the first objects of an import against the STIX standard, so that whoever reads the report can tell the sender.
 * What it finds keeps nothing out: an object that can be used is used.
 */
export class StandardCheck {
  #examined = 0;
  #unwritten = 0;
  readonly #found = new Map<string, ImportFinding>();

  /** At most {@link validatedMax} objects of all batches together: some ten milliseconds an import. */
  examine(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      if (this.#examined >= validatedMax) return;
      if (!('object' in candidate)) continue;
      this.#examined += 1;
      this.#unwritten += 1;
      for (const { code, severity, section, path, message } of validateObject(candidate.object.value)) {
        const place = path === '' ? candidate.place : `${candidate.place}.${path}`;
        this.#note({ code, severity, section, place, message });
      }
    }
  }

  /** Labels that contradict each other where the format lets them stand together, as tags of MISP do. */
  noteContradiction(place: string, message: string): void {
    this.#note({ code: 'tlp-contradiction', severity: 'error', section: 'TLP 2.0', place, message });
  }

  #note(finding: Omit<ImportFinding, 'count'>): void {
    const known = this.#found.get(finding.code);
    if (known !== undefined) this.#found.set(finding.code, { ...known, count: known.count + 1 });
    else this.#found.set(finding.code, { ...finding, place: finding.place.slice(0, 500), count: 1 });
  }

  /** Moves what was found since the last transaction into the next one. */
  take(): (db: Connection, importRef: number) => void {
    const [examined, found] = [this.#unwritten, [...this.#found.values()]];
    this.#unwritten = 0;
    this.#found.clear();
    return (db, importRef) => {
      if (examined === 0 && found.length === 0) return;
      db.prepare('update intel_import set validated = validated + ? where ref = ?').run(examined, importRef);
      const add = db.prepare(
        `insert into intel_import_finding (import_ref, code, severity, section, place, message, count)
         values (?, ?, ?, ?, ?, ?, ?) on conflict (import_ref, code) do update set count = count + excluded.count`,
      );
      for (const { code, severity, section, place, message, count } of found) {
        add.run(importRef, code, severity, section, place, message, count);
      }
    };
  }
}

/** What an import broke of the standard, errors first, the most frequent first. */
export function readFindings(db: Connection, importRef: number): ImportFinding[] {
  return db
    .prepare<{
      code: string;
      severity: ImportFinding['severity'];
      section: string;
      place: string;
      message: string;
      count: number;
    }>(
      `select code, severity, section, place, message, count from intel_import_finding where import_ref = ?
       order by severity, count desc, code`,
    )
    .all(importRef);
}
