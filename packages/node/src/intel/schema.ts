import type { SubjectSchema } from '../store/index.ts';

export const intelSchema: SubjectSchema = { subject: 'intel', steps: [] };
