/** Whether a file found in a folder is one of Sigma rules by its name; a folder of rules holds licences and READMEs too. */
export function isRuleFile(name: string): boolean {
  return /\.ya?ml(?:\.gz|\.zst)?$/i.test(name);
}
