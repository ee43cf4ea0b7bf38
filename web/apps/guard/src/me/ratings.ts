/** What is told of one's own ratings. */
export const ABOUT_RATINGS: ReadonlySet<string> = new Set(['rating.made', 'appeal.settled'])
