// What tests and simulations put in place of the machine.

export { type CertificateSpec, makeCertificate, type TestAuthority, type TestCertificate } from "./test-certificate.ts";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
