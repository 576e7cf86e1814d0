// What the system refused a command, in one sentence: a folder that is a file, a disk that is full, a file that may not be written.

const DOING: Readonly<Record<string, string>> = {
  mkdir: "make the folder",
  open: "open",
  read: "read",
  write: "write",
  fsync: "write",
  scandir: "list",
  unlink: "remove",
  rm: "remove",
  rmdir: "remove",
  rename: "replace",
};

const WHY: Readonly<Record<string, string>> = {
  EACCES: "this user may not: choose another folder, or its rights",
  EPERM: "this user may not: choose another folder, or its rights",
  EROFS: "nothing can be written there: the file system is read-only",
  ENOSPC: "the disk is full: make room, or choose another folder",
  EDQUOT: "this user's share of the disk is full: make room, or choose another folder",
  EEXIST: "a file of that name is in the way",
  ENOTDIR: "what should be a folder on the way is a file",
  EISDIR: "it is a folder",
  ENOENT: "it is not there",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

/** What leads to it is there, or could not be made. */
const NO_FOLDERS = "no folder can be made there: choose another place";

type SystemError = Error & { readonly code: string; readonly syscall: string; readonly path?: string };

/** The sentence; undefined for whatever is no refusal of the system about a file. */
export function systemErrorSentence(error: unknown): string | undefined {
  if (!isSystemError(error)) return undefined;
  const doing = DOING[error.syscall];
  const why = error.syscall === "mkdir" && error.code === "ENOENT" ? NO_FOLDERS : WHY[error.code];
  if (doing === undefined || why === undefined) return undefined;
  return `Cannot ${doing} ${error.path ?? "a file"} as ${why}`;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && "syscall" in error && typeof error.syscall === "string";
}
