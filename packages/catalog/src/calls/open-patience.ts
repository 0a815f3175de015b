/**
 * How long the opening of a catalog goes on where its server cannot be reached, as while a node boots faster than its database fails over. Below the five
 * seconds that the engine gives a call, so that its caller hears why.
 */
export const openPatienceMs = 4000;
