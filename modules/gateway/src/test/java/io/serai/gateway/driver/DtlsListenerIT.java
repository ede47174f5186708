package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DTLS with Scandium on both ends. */
class DtlsListenerIT {
  private static final byte[] SECRET = "secret".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private final DriverLoop one = new DriverLoop();
  private final DriverLoop two = new DriverLoop();
  private int port;
  private Listener first;
  private Listener second;

  @BeforeEach
  void listen() throws Exception {
    certificate("old");
    Path psk = folder.resolve("psk");
    Files.writeString(psk, "device:" + HexFormat.of().formatHex(SECRET) + "\n");
    open(psk, 10);
  }

  /** On a free port; when somebody else has taken that meanwhile, on another. */
  private void open(Path psk, int tries) throws Exception {
    DtlsEndpoint endpoint = new DtlsEndpoint(psk, null);
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    try {
      first = one.open(spec(one, endpoint));
    } catch (CompletionException e) {
      if (tries == 1) {
        throw e;
      }
      open(psk, tries - 1);
      return;
    }
    second = two.open(spec(two, endpoint));
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private ListenerSpec spec(DriverLoop loop, DtlsEndpoint endpoint) {
    return new ListenerSpec(
        "line",
        loop.gateway,
        ListenerSpec.Kind.DATAGRAM,
        "127.0.0.1",
        port,
        "/",
        "/",
        true,
        options -> options.setSsl(true).setKeyCertOptions(keys("old")),
        endpoint,
        null,
        new ListenerGate(ListenerLimits.NONE),
        Settings.DEFAULTS);
  }

  private PemKeyCertOptions keys(String name) {
    return new PemKeyCertOptions().addCertPath(file(name, "crt")).addKeyPath(file(name, "key"));
  }

  private String file(String name, String kind) {
    return folder.resolve(name + "." + kind).toString();
  }

  /** Makes {@code NAME.crt} and {@code NAME.key}; signs itself. */
  private void certificate(String name) throws Exception {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name, "key"),
                "-out",
                file(name, "crt"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).isZero();
  }

  /** A client that has lines answered. */
  private final class Client implements AutoCloseable {
    private final DTLSConnector connector;
    private final BlockingQueue<RawData> received = new LinkedBlockingQueue<>();

    Client(boolean byKey) throws IOException {
      DtlsConnectorConfig.Builder config =
          DtlsConnectorConfig.builder(new Configuration(DtlsConfig.DEFINITIONS))
              .setAddress(new InetSocketAddress("127.0.0.1", 0))
              .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
              // With many processors there are several, which overtake each other.
              .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
      if (byKey) {
        config.setAdvancedPskStore(new AdvancedSinglePskStore("device", SECRET));
      } else {
        config.set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false);
        config.setAdvancedCertificateVerifier(
            StaticNewAdvancedCertificateVerifier.builder().setTrustAllCertificates().build());
      }
      connector = new DTLSConnector(config.build());
      connector.setRawDataReceiver(received::add);
      connector.start();
    }

    void send(String line) {
      connector.send(
          RawData.outbound(
              line.getBytes(StandardCharsets.UTF_8),
              new AddressEndpointContext(new InetSocketAddress("127.0.0.1", port)),
              null,
              false));
    }

    String receive() throws InterruptedException {
      RawData next = received.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("an answer").isNotNull();
      return new String(next.getBytes(), StandardCharsets.UTF_8);
    }

    /** The server's certificate, by its subject. */
    String serverName() throws InterruptedException {
      send("who are you\n");
      RawData next = received.poll(60, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      Principal server = next.getEndpointContext().getPeerIdentity();
      return server instanceof X509CertPath path ? path.getCN() : String.valueOf(server);
    }

    @Override
    public void close() {
      connector.destroy();
    }
  }

  @Test
  void sessionsAreSharedOutAndEachStaysWithItsLoop() throws Exception {
    for (int i = 0; i < 24; i++) {
      try (Client client = new Client(true)) {
        client.send("a\n");
        assertThat(client.receive()).isEqualTo("hello\n");
        assertThat(client.receive()).isEqualTo("a\n");
        client.send("b\n");
        assertThat(client.receive()).as("no second hello").isEqualTo("b\n");
      }
    }
    assertThat(one.hub.connectionCount() + two.hub.connectionCount()).isEqualTo(24);
    assertThat(one.hub.connectionCount()).isBetween(1, 23);
  }

  @Test
  void anotherCertificateIsShownFromTheNextHandshakeOn() throws Exception {
    try (Client client = new Client(false)) {
      assertThat(client.serverName()).isEqualTo("old");
    }
    certificate("new");
    ServerSSLOptions renewed = new ServerSSLOptions();
    renewed.setKeyCertOptions(
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(Files.readAllBytes(folder.resolve("new.crt"))))
            .addKeyValue(Buffer.buffer(Files.readAllBytes(folder.resolve("new.key")))));
    use(one, first, renewed);
    use(two, second, renewed);
    try (Client client = new Client(false)) {
      assertThat(client.serverName()).isEqualTo("new");
    }
  }

  private static void use(DriverLoop loop, Listener listener, ServerSSLOptions tls) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    loop.run(() ->
        listener.useTls(tls).onSuccess(done::complete).onFailure(done::completeExceptionally));
    done.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void theSocketIsFreeWhenTheLastLoopHasLeft() throws Exception {
    for (Listener listener : new Listener[] {first, second}) {
      CompletableFuture<Object> closed = new CompletableFuture<>();
      one.run(() -> listener.close().onComplete(it -> closed.complete(it.succeeded())));
      assertThat(closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(true);
    }
    new DatagramSocket(port, InetAddress.getByName("127.0.0.1")).close();
  }
}
