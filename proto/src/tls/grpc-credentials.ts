// TLS for grpc-js, at both ends: what it asks of a process comes from a TlsSource, and follows its changes. Connections that are
// open go on as they are; the next one is made with what is there then.
import { type ChannelCredentials, credentials, experimental, ServerCredentials } from "@grpc/grpc-js";
import { asksForCertificates, authoritiesOf, contextOptions, type TlsSource } from "./tls-source.ts";

/** What a server listens with. Undefined: plain text. */
export function serverCredentials(tls: TlsSource | undefined): ServerCredentials {
  return tls ? new FollowingCredentials(tls) : ServerCredentials.createInsecure();
}

/** grpc-js takes no other form: its own credentials demand a certificate of each caller, or ask for none. */
class FollowingCredentials extends ServerCredentials {
  constructor(tls: TlsSource) {
    super(asksForCertificates(tls.present), contextOptions(tls.present));
    tls.onChange((material) => this.updateSecureContextOptions(contextOptions(material)));
  }

  _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

type Provider = experimental.CertificateProvider;

/** What a client connects with. Undefined, or without authorities: plain text. */
export function channelCredentials(tls: TlsSource | undefined): ChannelCredentials {
  if (tls?.present.authorities === undefined) return credentials.createInsecure();
  const provider = providerOf(tls);
  const identity = tls.present.identity ? provider : null;
  return experimental.createCertificateProviderChannelCredentials(provider, identity);
}

/** The source in the form in which grpc-js asks for it. */
function providerOf(tls: TlsSource): Provider {
  const stops = new Map<unknown, () => void>();
  const follow = (listener: unknown, tell: () => void) => {
    tell();
    stops.set(listener, tls.onChange(tell));
  };
  const leave = (listener: unknown) => {
    stops.get(listener)?.();
    stops.delete(listener);
  };
  return {
    addCaCertificateListener: (listener) =>
      follow(listener, () => listener({ caCertificate: authoritiesOf(tls.present) })),
    removeCaCertificateListener: leave,
    addIdentityCertificateListener: (listener) => follow(listener, () => listener(tls.present.identity ?? null)),
    removeIdentityCertificateListener: leave,
  };
}
