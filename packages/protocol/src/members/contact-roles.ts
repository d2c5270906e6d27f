/** What a contact of a member is for. */
export const contactRoles = ['technical', 'legal', 'management', 'vulnerability'] as const;
/** One of {@link contactRoles}. */
export type ContactRole = (typeof contactRoles)[number];
