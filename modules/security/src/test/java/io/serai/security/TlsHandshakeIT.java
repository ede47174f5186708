package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.security.TestCertificates.Files3;
import io.serai.security.TlsOptions.ClientCertificates;
import io.serai.security.TlsOptions.Own;
import io.serai.security.TlsOptions.Trusted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's TLS client against a Vert.x server with what {@link TlsOptions} loaded. */
class TlsHandshakeIT {
  @TempDir static Path folder;
  private static Vertx vertx;
  private static Files3 server;
  private static Files3 renewed;
  private static Files3 joe;
  private static Files3 stranger;

  @BeforeAll
  static void makeCertificates() throws Exception {
    vertx = Vertx.vertx();
    server = TestCertificates.make(folder, "server", "CN=localhost", "EC");
    renewed = TestCertificates.make(folder, "renewed", "CN=renewed", "EC");
    joe = TestCertificates.make(folder, "joe", "CN=joe,O=Plant", "EC");
    stranger = TestCertificates.make(folder, "stranger", "CN=joe,O=Plant", "EC");
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** Answers each connection with the subject of the client's certificate, or {@code none}. */
  private static NetServer listen(TlsOptions options) throws Exception {
    var serverOptions = new NetServerOptions();
    options.load(Instant.now()).applyTo(serverOptions);
    var net = vertx.createNetServer(serverOptions);
    net.connectHandler(socket -> {
      String subject = "none";
      try {
        var certificate = (X509Certificate) socket.sslSession().getPeerCertificates()[0];
        subject = certificate.getSubjectX500Principal().getName();
      } catch (javax.net.ssl.SSLPeerUnverifiedException _) {
        // no certificate
      }
      socket.end(io.vertx.core.buffer.Buffer.buffer(subject));
    });
    return await(net.listen(0, "127.0.0.1"));
  }

  private static TlsOptions options(ClientCertificates clients, Set<String> protocols) {
    return new TlsOptions(
        new Own.Pem(server.chainPem(), server.keyPem()),
        new Trusted.Pem(joe.chainPem()),
        clients,
        protocols);
  }

  /** Connects, trusting only {@code trusted}, and answers what the server says. */
  private static String connect(int port, Files3 trusted, @Nullable Files3 own, String protocol)
      throws Exception {
    KeyStore trust = KeyStore.getInstance(trusted.pkcs12().toFile(), password());
    KeyStore onlyCertificate = KeyStore.getInstance("PKCS12");
    onlyCertificate.load(null, null);
    onlyCertificate.setCertificateEntry(
        "server", trust.getCertificate(trust.aliases().nextElement()));
    var trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(onlyCertificate);
    var keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(
        own == null ? null : KeyStore.getInstance(own.pkcs12().toFile(), password()), password());
    var context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(60_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      return new String(socket.getInputStream().readAllBytes());
    }
  }

  private static char[] password() {
    return TestCertificates.PASSWORD.toCharArray();
  }

  @Test
  void aClientWithoutACertificateIsServedWhenNoneIsDemanded() throws Exception {
    for (var clients :
        new ClientCertificates[] {ClientCertificates.NONE, ClientCertificates.REQUEST}) {
      var net = listen(options(clients, TlsOptions.ALL_PROTOCOLS));
      assertThat(connect(net.actualPort(), server, null, "TLSv1.3")).isEqualTo("none");
      assertThat(connect(net.actualPort(), server, null, "TLSv1.2")).isEqualTo("none");
      await(net.close());
    }
  }

  @Test
  void aDemandedCertificateNamesTheClient() throws Exception {
    var net = listen(options(ClientCertificates.REQUIRE, TlsOptions.ALL_PROTOCOLS));

    assertThat(connect(net.actualPort(), server, joe, "TLSv1.3")).isEqualTo("CN=joe,O=Plant");
    assertThatThrownBy(() -> connect(net.actualPort(), server, null, "TLSv1.3"))
        .isInstanceOf(IOException.class);
    await(net.close());
  }

  @Test
  void aClientGetsTheCertificateOfTheNameItAsksFor() throws Exception {
    Files3 plant =
        TestCertificates.make(
            folder, "plant", "CN=plant.example", "EC", "-ext", "SAN=dns:plant.example");
    Path bundle = folder.resolve("plant-bundle.pem");
    Files.writeString(
        bundle, Files.readString(plant.chainPem()) + Files.readString(plant.keyPem()));
    var net =
        listen(
            new TlsOptions(
                new Own.Pem(server.chainPem(), server.keyPem(), List.of(bundle)),
                null,
                ClientCertificates.NONE,
                TlsOptions.ALL_PROTOCOLS));
    for (String protocol : TlsOptions.ALL_PROTOCOLS) {
      assertThat(shown(net.actualPort(), "plant.example", protocol)).isEqualTo("CN=plant.example");
      assertThat(shown(net.actualPort(), "another.example", protocol)).isEqualTo("CN=localhost");
      assertThat(shown(net.actualPort(), null, protocol)).isEqualTo("CN=localhost");
    }
    await(net.close());
  }

  /** Whose certificate the server shows to who asks for {@code name}. */
  private static String shown(int port, @Nullable String name, String protocol) throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      SSLParameters asked = socket.getSSLParameters();
      asked.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
      asked.setProtocols(new String[] {protocol});
      socket.setSSLParameters(asked);
      socket.setSoTimeout(60_000);
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  /** Trusts whoever is there: what it shows is looked at. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void aRevokedCertificateIsRefusedAlsoAfterAReload() throws Exception {
    TlsOptions nobodyRevoked = options(ClientCertificates.REQUIRE, TlsOptions.ALL_PROTOCOLS);
    TlsOptions joeRevoked =
        new TlsOptions(
            nobodyRevoked.own(),
            nobodyRevoked.trusted(),
            TestCertificates.revocationList(folder, joe, joe),
            ClientCertificates.REQUIRE,
            TlsOptions.ALL_PROTOCOLS);
    for (String protocol : TlsOptions.ALL_PROTOCOLS) {
      var net = listen(joeRevoked);
      assertThatThrownBy(() -> connect(net.actualPort(), server, joe, protocol))
          .isInstanceOf(IOException.class);
      await(net.close());
      var reloaded = listen(nobodyRevoked);
      assertThat(connect(reloaded.actualPort(), server, joe, protocol)).contains("joe");
      await(reloaded.updateSSLOptions(joeRevoked.load(Instant.now()).options()));
      assertThatThrownBy(() -> connect(reloaded.actualPort(), server, joe, protocol))
          .isInstanceOf(IOException.class);
      await(reloaded.close());
    }
  }

  @Test
  void aRevocationListOfSomebodyElseIsAMistake() throws Exception {
    TlsOptions own = options(ClientCertificates.REQUIRE, TlsOptions.ALL_PROTOCOLS);
    Path list = TestCertificates.revocationList(folder, stranger, joe);
    TlsOptions wrong =
        new TlsOptions(own.own(), own.trusted(), list, own.clientCertificates(), own.protocols());
    assertThatThrownBy(() -> wrong.load(Instant.now()))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining(list.toString())
        .hasMessageContaining("is not signed by anybody who may sign client certificates");
  }

  @Test
  void aCertificateOfTheSameNameFromAStrangerIsRefused() throws Exception {
    for (var clients :
        new ClientCertificates[] {ClientCertificates.REQUEST, ClientCertificates.REQUIRE}) {
      var net = listen(options(clients, TlsOptions.ALL_PROTOCOLS));
      // The JDK's client keeps a certificate back that no announced issuer signed: both ways out
      // must not name the stranger.
      String said;
      try {
        said = connect(net.actualPort(), server, stranger, "TLSv1.2");
      } catch (IOException e) {
        said = "refused";
      }
      assertThat(said).isIn("none", "refused");
      await(net.close());
    }
  }

  @Test
  void aPkcs12FileAndAnEd25519KeyServeAsWell() throws Exception {
    var net =
        listen(
            new TlsOptions(
                new Own.Pkcs12(server.pkcs12(), TestCertificates.PASSWORD),
                null,
                ClientCertificates.NONE,
                TlsOptions.ALL_PROTOCOLS));
    assertThat(connect(net.actualPort(), server, null, "TLSv1.3")).isEqualTo("none");
    await(net.close());

    var edwards = TestCertificates.make(folder, "ed", "CN=ed", "Ed25519");
    var other = listen(TlsOptions.ofPem(edwards.chainPem(), edwards.keyPem()));
    assertThat(connect(other.actualPort(), edwards, null, "TLSv1.3")).isEqualTo("none");
    await(other.close());
  }

  @Test
  void aVersionThatIsNotAllowedIsRefused() throws Exception {
    var net = listen(options(ClientCertificates.NONE, Set.of("TLSv1.3")));

    assertThat(connect(net.actualPort(), server, null, "TLSv1.3")).isEqualTo("none");
    assertThatThrownBy(() -> connect(net.actualPort(), server, null, "TLSv1.2"))
        .isInstanceOf(IOException.class);
    await(net.close());
  }

  @Test
  void loadingAgainTakesOverARenewedCertificateWithoutClosingThePort() throws Exception {
    var net = listen(TlsOptions.ofPem(server.chainPem(), server.keyPem()));
    assertThat(connect(net.actualPort(), server, null, "TLSv1.3")).isEqualTo("none");

    var again = TlsOptions.ofPem(renewed.chainPem(), renewed.keyPem()).load(Instant.now());
    await(net.updateSSLOptions(again.options()));

    assertThat(connect(net.actualPort(), renewed, null, "TLSv1.3")).isEqualTo("none");
    assertThatThrownBy(() -> connect(net.actualPort(), server, null, "TLSv1.3"))
        .isInstanceOf(IOException.class);
    await(net.close());
  }
}
