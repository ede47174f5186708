package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CoAP over DTLS 1.2 and TLS with libcoap's client and Californium's. */
class CoapDtlsIT {
  private static final String SECRET = "a secret of both";

  @TempDir static Path folder;

  private static SeraiProcess node;
  private static KeyPair rawKey;

  @BeforeAll
  static void start() throws Exception {
    Path server =
        SelfSigned.certificate(folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost");
    // Signs itself, and so is trusted by being listed.
    Path client = SelfSigned.certificate(folder, "client", "/CN=guest", "subjectAltName=DNS:guest");
    Files.writeString(
        folder.resolve("client.pem"),
        Files.readString(client) + Files.readString(folder.resolve("client.key")));
    Path psk = folder.resolve("psk");
    Files.writeString(psk, "# user:key\nguest:%s\nnobody:%s\n".formatted(hex(SECRET), hex(SECRET)));
    rawKey = ecKey();
    Path raw = folder.resolve("raw");
    Files.writeString(
        raw, "guest:" + Base64.getEncoder().encodeToString(rawKey.getPublic().getEncoded()));
    List<String> settings = new ArrayList<>();
    for (String setting :
        List.of(
            "listeners.coap-dtls.enabled=true",
            "listeners.coap-dtls.port=0",
            "listeners.coap-dtls.anonymous=off",
            "listeners.coap-dtls.psk-file=" + psk,
            "listeners.coap-dtls.raw-public-keys-file=" + raw,
            "listeners.coap-tls.enabled=true",
            "listeners.coap-tls.port=0",
            "listeners.coap-tls.anonymous=off",
            "tls.certificate-file=" + server,
            "tls.key-file=" + folder.resolve("server.key"),
            "tls.client-ca-file=" + client,
            "tls.client-certificate=request")) {
      settings.addAll(List.of("--set", setting));
    }
    node = SeraiProcess.start(settings.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair ecKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static String uri(String path) {
    return "coaps://127.0.0.1:" + node.port("coap-dtls") + "/" + path;
  }

  // ---- libcoap

  private static String libcoap(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("coap-client-openssl", "-B", "60"));
    command.addAll(Arrays.asList(arguments));
    return Finished.of(new ProcessBuilder(command), 120, Map.of(), "").all();
  }

  @Test
  @Uses(ThirdParty.LIBCOAP_OPENSSL)
  void aPreSharedKeyIsALogin() throws Exception {
    libcoap("-k", SECRET, "-u", "guest", "-m", "put", "-e", "by psk", uri("ps/dtls/psk"));
    assertThat(libcoap("-k", SECRET, "-u", "guest", uri("ps/dtls/psk"))).contains("by psk");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP_OPENSSL)
  void aWrongKeyOrAnUnknownUserIsNoLogin() throws Exception {
    assertThat(libcoap("-k", "wrong", "-u", "guest", uri(".well-known/core")))
        .doesNotContain("core.ps");
    assertThat(libcoap("-k", SECRET, "-u", "stranger", uri(".well-known/core")))
        .doesNotContain("core.ps");
    assertThat(libcoap("-k", SECRET, "-u", "nobody", uri("ps/dtls/x")))
        .as("a key, but no such user")
        .contains("4.01");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP_OPENSSL)
  void aCertificateIsALogin() throws Exception {
    String pem = folder.resolve("client.pem").toString();
    String ca = folder.resolve("server.crt").toString();
    libcoap("-c", pem, "-R", ca, "-m", "put", "-e", "by x509", uri("ps/dtls/x509"));
    assertThat(libcoap("-c", pem, "-R", ca, uri("ps/dtls/x509"))).contains("by x509");
    assertThat(libcoap("-R", ca, uri("ps/dtls/x509"))).as("without one").contains("4.01");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP_OPENSSL)
  void aCertificateIsALoginOverTlsToo() throws Exception {
    String pem = folder.resolve("client.pem").toString();
    String ca = folder.resolve("server.crt").toString();
    String uri = "coaps+tcp://127.0.0.1:" + node.port("coap-tls") + "/ps/tls/x509";
    libcoap("-c", pem, "-R", ca, "-m", "put", "-e", "by tls", uri);
    assertThat(libcoap("-c", pem, "-R", ca, uri)).contains("by tls");
    assertThat(libcoap("-R", ca, uri)).as("without one").contains("4.01");
  }

  // ---- Californium

  /** A client whose connector is known, so that it can move to another port. */
  private static final class Secured implements AutoCloseable {
    final CoapClient client = new CoapClient().setTimeout(60_000L);
    private final CoapEndpoint endpoint;
    private final int port;

    /**
     * @param port of the node, or of what stands before it
     */
    Secured(int port, DtlsConnectorConfig.Builder builder) {
      this.port = port;
      endpoint =
          new CoapEndpoint.Builder()
              .setConfiguration(configuration())
              .setConnector(new DTLSConnector(builder.build()))
              .build();
      client.setEndpoint(endpoint);
    }

    static Configuration configuration() {
      return new Configuration(
          CoapConfig.DEFINITIONS, UdpConfig.DEFINITIONS, DtlsConfig.DEFINITIONS);
    }

    static DtlsConnectorConfig.Builder builder() {
      return DtlsConnectorConfig.builder(configuration())
          .setAddress(new InetSocketAddress("127.0.0.1", 0))
          .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
          // With many processors there are several, which overtake each other.
          .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
          .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0);
    }

    CoapResponse get(String path) throws Exception {
      client.setURI("coaps://127.0.0.1:" + port + "/" + path);
      return client.get();
    }

    CoapResponse put(String path, String payload) throws Exception {
      client.setURI("coaps://127.0.0.1:" + port + "/" + path);
      return client.put(payload, 0);
    }

    @Override
    public void close() {
      client.shutdown();
      endpoint.destroy();
    }
  }

  @Test
  @Uses(ThirdParty.CALIFORNIUM)
  void aSessionGoesOnFromAnotherPortByItsConnectionId() throws Exception {
    try (Nat nat = new Nat(node.port("coap-dtls"));
        Secured secured =
            new Secured(
                nat.port(),
                Secured.builder()
                    .setAdvancedPskStore(
                        new AdvancedSinglePskStore(
                            "guest", SECRET.getBytes(StandardCharsets.UTF_8))))) {
      assertThat(secured.put("ps/dtls/cid", "1").getCode()).isEqualTo(ResponseCode.CREATED);
      String session = session(secured.get("ps/dtls/cid"));
      nat.forget();
      CoapResponse moved = secured.get("ps/dtls/cid");
      assertThat(moved.getResponseText()).isEqualTo("1");
      assertThat(session(moved)).as("no other handshake").isEqualTo(session);
    }
  }

  private static String session(CoapResponse response) {
    assertThat(response).isNotNull();
    EndpointContext context = response.advanced().getSourceContext();
    return context.get(DtlsEndpointContext.KEY_SESSION_ID)
        + " since "
        + context.get(DtlsEndpointContext.KEY_HANDSHAKE_TIMESTAMP);
  }

  @Test
  @Uses(ThirdParty.CALIFORNIUM)
  void aRawPublicKeyIsALogin() throws Exception {
    try (Secured secured =
        new Secured(
            node.port("coap-dtls"),
            Secured.builder()
                .setCertificateIdentityProvider(
                    new SingleCertificateProvider(rawKey.getPrivate(), rawKey.getPublic()))
                .setAdvancedCertificateVerifier(
                    StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build()))) {
      assertThat(secured.put("ps/dtls/rpk", "by rpk").getCode()).isEqualTo(ResponseCode.CREATED);
      assertThat(secured.get("ps/dtls/rpk").getResponseText()).isEqualTo("by rpk");
    }
  }

  @Test
  @Uses(ThirdParty.CALIFORNIUM)
  void aRawPublicKeyThatIsNotListedIsNoLogin() throws Exception {
    KeyPair stranger = ecKey();
    try (Secured secured =
        new Secured(
            node.port("coap-dtls"),
            Secured.builder()
                .setCertificateIdentityProvider(
                    new SingleCertificateProvider(stranger.getPrivate(), stranger.getPublic()))
                .setAdvancedCertificateVerifier(
                    StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build()))) {
      assertThatThrownBy(() -> secured.get("ps/dtls/rpk"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("BAD_CERTIFICATE");
    }
  }
}
