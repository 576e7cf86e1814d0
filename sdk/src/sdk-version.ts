// How this SDK names itself to sidecars. The version is the package's; a test keeps the two the same.
export const SDK_NAME = "muster-typescript";
export const SDK_VERSION = "0.1.0";
export const SDK_LANGUAGE = "typescript";
