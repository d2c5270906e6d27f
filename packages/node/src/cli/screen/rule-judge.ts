import type { FieldMatch, SigmaLevel, SigmaLogsource, SigmaMatch } from '@comity/protocol/sigma';
import { askPatterns, createRecordFeed } from '@comity/screen';
import type { AskedPatterns, FedRecord, RecordFeed, Screen } from '@comity/screen';
import type { Rules } from './load-rules.ts';

/** A rule that holds, as it is printed. */
export interface RuleMatch {
  /** Undefined for a correlation whose window closed at the end of all input. */
  readonly file: string | undefined;
  /** Line of the record that completed it, or let its window close. */
  readonly line: number | undefined;
  readonly kind: 'sigma' | 'stix';
  /** Id of the rule or indicator; of a rule without one its title. */
  readonly rule: string;
  readonly title: string;
  readonly level?: SigmaLevel;
  /** Microseconds since the Unix epoch: when it came true. */
  readonly atUs: number;
  /** What it rests on. */
  readonly fields: readonly FieldMatch[];
  /** What a correlation compared. */
  readonly value?: number;
  /** File the rule is in. */
  readonly source: string;
}

export interface RuleJudgeDeps {
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  readonly take: (match: RuleMatch) => void;
}

/** The second look at records: Sigma rules and STIX patterns, their state kept from one input to the next. */
export class RuleJudge {
  readonly #rules: Rules;
  readonly #asked: AskedPatterns;
  readonly #deps: RuleJudgeDeps;
  /** Records that could not be looked at. */
  #unread = 0;

  /** @param logsource - of every record, whatever it looks like. */
  constructor(rules: Rules, logsource: SigmaLogsource | undefined, deps: RuleJudgeDeps) {
    this.#rules = rules;
    this.#asked = {
      sigma: rules.sigma.figures.rules > 0 ? rules.sigma : undefined,
      stream: rules.indicators.size > 0 ? rules.patterns : undefined,
      logsources: logsource === undefined ? undefined : [logsource],
    };
    this.#deps = deps;
  }

  get unread(): number {
    return this.#unread;
  }

  /** A feed of the input that a screen is given as well, chunk by chunk, the screen first. */
  feed(file: string, screen: Screen): RecordFeed {
    const feed = createRecordFeed(
      () => screen.state,
      (record) => this.#judge(file, record),
    );
    return {
      push: (chunk) => feed.push(chunk),
      end: () => {
        feed.end();
        this.#unread += feed.unread;
      },
      get records() {
        return feed.records;
      },
      get unread() {
        return feed.unread;
      },
    };
  }

  /** All inputs are over: windows still open are judged. */
  end(): void {
    for (const match of this.#rules.sigma.end()) this.#tellSigma(undefined, undefined, match);
  }

  #judge(file: string, fed: FedRecord): void {
    for (const answer of askPatterns(this.#asked, fed, this.#deps.clock() * 1000)) {
      if (answer.kind === 'sigma') this.#tellSigma(file, fed.line, answer.match);
      else this.#tellPattern(file, fed.line, answer.id, answer.atUs);
    }
  }

  #tellSigma(file: string | undefined, line: number | undefined, { rule, fields, atUs, value }: SigmaMatch): void {
    this.#deps.take({
      file,
      line,
      kind: 'sigma',
      rule: rule.id ?? rule.title,
      title: rule.title,
      ...(rule.level !== undefined && { level: rule.level }),
      atUs,
      fields,
      ...(value !== undefined && { value }),
      source: this.#rules.files.get(rule) ?? '',
    });
  }

  #tellPattern(file: string, line: number, id: string, atUs: number): void {
    const { name, file: source } = this.#rules.indicators.get(id)!;
    this.#deps.take({ file, line, kind: 'stix', rule: id, title: name ?? id, atUs, fields: [], source });
  }
}
