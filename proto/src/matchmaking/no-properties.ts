// What a request to be matched says of properties where a rule set, not queries, decides who fits.

/** To be spread into a StartMatchingRequest: the generated type asks for its maps. */
export const noProperties = { stringProperties: {}, numericProperties: {} };
