export const officer = {}
