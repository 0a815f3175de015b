/** For a server that wants a password where none is configured. */
export const missingPasswordHint =
  'Set the variable HOLDFAST_CATALOG_PASSWORD, or say in the configuration where the password comes from: passwordVariable, passwordFile, passwordCommand or passwordSecret';
