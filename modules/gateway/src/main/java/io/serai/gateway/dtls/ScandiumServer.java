package io.serai.gateway.dtls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import javax.naming.ldap.Rdn;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.RawPublicKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.util.Bytes;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedMultiPskStore;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.jspecify.annotations.Nullable;

/** DTLS 1.2 by Eclipse Scandium: pre-shared keys, raw public keys, X.509, connection ids. */
public final class ScandiumServer implements DtlsServer {
  /** Long enough that ids do not collide among as many connections as are allowed. */
  private static final int CONNECTION_ID_BYTES = 6;

  private static final int MAX_CONNECTIONS = 100_000;
  private static final int RECEIVER_THREADS = 1;
  private static final int CRYPTO_THREADS = 2;

  private final DtlsClients clients;
  private final OwnCertificate certificate;
  private final DTLSConnector connector;

  private ScandiumServer(
      InetSocketAddress at, DtlsKeys keys, DtlsClients clients, Receiver receiver) {
    this.clients = clients;
    this.certificate = new OwnCertificate(keys);
    this.connector = new DTLSConnector(config(at, keys));
    connector.setRawDataReceiver(raw -> receive(raw, receiver));
  }

  /**
   * Opens the socket. Waits: not for event loops.
   *
   * @throws IOException when the address cannot be bound
   */
  public static ScandiumServer open(
      InetSocketAddress at, DtlsKeys keys, DtlsClients clients, Receiver receiver)
      throws IOException {
    ScandiumServer server = new ScandiumServer(at, keys, clients, receiver);
    server.connector.start();
    return server;
  }

  private DtlsConnectorConfig config(InetSocketAddress at, DtlsKeys keys) {
    boolean asksForKeys = !keys.signers().isEmpty() || !clients.raw().isEmpty();
    DtlsConnectorConfig.Builder builder =
        DtlsConnectorConfig.builder(new Configuration(DtlsConfig.DEFINITIONS))
            .setAddress(at)
            .setLoggingTag("serai")
            .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
            .set(DtlsConfig.DTLS_MAX_CONNECTIONS, MAX_CONNECTIONS)
            .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, RECEIVER_THREADS)
            .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, CRYPTO_THREADS)
            .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, mode(keys, asksForKeys))
            .setCertificateIdentityProvider(certificate);
    if (!clients.preShared().isEmpty()) {
      AdvancedMultiPskStore store = new AdvancedMultiPskStore();
      clients.preShared().forEach(store::setKey);
      builder.setAdvancedPskStore(store);
    }
    if (asksForKeys) {
      builder.setAdvancedCertificateVerifier(
          StaticNewAdvancedCertificateVerifier.builder()
              .setTrustedCertificates(keys.signers().toArray(X509Certificate[]::new))
              .setTrustedRPKs(
                  clients.raw().keySet().stream()
                      .map(RawPublicKeyIdentity::new)
                      .toArray(RawPublicKeyIdentity[]::new))
              .build());
    }
    return builder.build();
  }

  private static CertificateAuthenticationMode mode(DtlsKeys keys, boolean asksForKeys) {
    if (!asksForKeys) {
      return CertificateAuthenticationMode.NONE;
    }
    return keys.isRequired()
        ? CertificateAuthenticationMode.NEEDED
        : CertificateAuthenticationMode.WANTED;
  }

  private void receive(RawData raw, Receiver receiver) {
    EndpointContext context = raw.getEndpointContext();
    Bytes session = context.get(DtlsEndpointContext.KEY_SESSION_ID);
    InetSocketAddress address = raw.getInetSocketAddress();
    receiver.received(
        new Peer(
            session == null || session.isEmpty() ? address : session,
            address,
            subject(context.getPeerIdentity()),
            context),
        raw.getBytes());
  }

  private @Nullable String subject(@Nullable Principal principal) {
    return switch (principal) {
      case PreSharedKeyIdentity it -> "CN=" + Rdn.escapeValue(it.getIdentity());
      case RawPublicKeyIdentity it -> rawSubject(clients.raw().get(it.getKey()));
      case X509CertPath it -> it.getTarget().getSubjectX500Principal().getName();
      case null, default -> null;
    };
  }

  private static @Nullable String rawSubject(@Nullable String user) {
    return user == null ? null : "CN=" + Rdn.escapeValue(user);
  }

  @Override
  public void send(Peer to, byte[] plaintext) {
    connector.send(RawData.outbound(plaintext, (EndpointContext) to.way(), null, false));
  }

  @Override
  public void use(DtlsKeys keys) {
    certificate.use(keys);
  }

  @Override
  public void close() {
    connector.destroy();
  }
}
