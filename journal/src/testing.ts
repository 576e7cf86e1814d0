// For simulations that need a disk which fails.
export type { Disk, DiskFile } from "./disk/disk.ts";
export {
  createSimulatedDisk,
  type DiskOperation,
  type MountedDisk,
  type SimulatedDisk,
  type SimulatedDiskOptions,
} from "./disk/simulated-disk.ts";
