// What tests and simulations put in place of the machine.
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
