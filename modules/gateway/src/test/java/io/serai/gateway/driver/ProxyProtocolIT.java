package io.serai.gateway.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.vertx.core.net.PfxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners behind a proxy (PROXY protocol v1 and v2, HAProxy's proxy-protocol.txt). */
@Timeout(120)
class ProxyProtocolIT {
  private static final ProxyProtocol ANY_PROXY = new ProxyProtocol(60_000, List.of());

  // 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a, then version 2 and command, family, length
  private static final String V2 = "0d0a0d0a000d0a515549540a";

  private final DriverLoop loop = new DriverLoop();

  @AfterEach
  void stopLoop() {
    loop.close();
  }

  private int listen(ProxyProtocol proxy) {
    return loop.listen(ListenerSpec.Kind.STREAM, proxy, ListenerLimits.NONE);
  }

  private static String v2(String hex) {
    return new String(ByteBufUtil.decodeHexDump(V2 + hex), ISO_8859_1);
  }

  private static String answerTo(int port, String header) throws IOException {
    try (RawClient client = new RawClient(port, header + "who\n")) {
      String hello = client.in.readLine();
      return hello == null ? null : client.in.readLine();
    }
  }

  @Test
  void aVersion1HeaderNamesThePeer() throws Exception {
    int port = listen(ANY_PROXY);
    assertThat(answerTo(port, "PROXY TCP4 203.0.113.7 192.0.2.1 56324 1883\r\n"))
        .isEqualTo("203.0.113.7:56324 remote");
    assertThat(answerTo(port, "PROXY TCP6 2001:db8::7 2001:db8::1 4000 1883\r\n"))
        .endsWith(":4000 remote")
        .startsWith("2001:db8:");
    assertThat(answerTo(port, "PROXY TCP4 127.0.0.9 127.0.0.1 56324 1883\r\n"))
        .isEqualTo("127.0.0.9:56324 loopback");
  }

  @Test
  void aVersion2HeaderNamesThePeerAndItsExtensionsAreSkipped() throws Exception {
    int port = listen(ANY_PROXY);
    // PROXY, TCP over IPv4, 12 bytes: 203.0.113.7:56324 to 192.0.2.1:1883
    assertThat(answerTo(port, v2("21" + "11" + "000c" + "cb007107" + "c0000201" + "dc04" + "075b")))
        .isEqualTo("203.0.113.7:56324 remote");
    // the same with PP2_TYPE_NOOP of 3 bytes, PP2_TYPE_AUTHORITY "a.b" and an SSL one with CN "x"
    assertThat(
            answerTo(
                port,
                v2(
                    "21"
                        + "11"
                        + "0024"
                        + "cb007107c0000201dc04075b"
                        + "040003000000"
                        + "020003612e62"
                        + "200009"
                        + "0500000000"
                        + "22000178")))
        .isEqualTo("203.0.113.7:56324 remote");
    // TCP over IPv6, 36 bytes
    assertThat(
            answerTo(
                port,
                v2(
                    "21"
                        + "21"
                        + "0024"
                        + "20010db8000000000000000000000007"
                        + "20010db8000000000000000000000001"
                        + "0fa0"
                        + "075b")))
        .endsWith(":4000 remote");
  }

  @Test
  void aProxyThatSpeaksForItselfIsThePeerAndNotTakenForThisMachine() throws Exception {
    int port = listen(ANY_PROXY);
    assertThat(answerTo(port, v2("20" + "00" + "0000"))) // LOCAL
        .startsWith("127.0.0.1:")
        .endsWith(" remote");
    assertThat(answerTo(port, "PROXY UNKNOWN\r\n")).startsWith("127.0.0.1:").endsWith(" remote");
  }

  @Test
  void aHeaderMayComeInPieces() throws Exception {
    try (RawClient client = new RawClient(listen(ANY_PROXY), "PROXY TCP4 203.0")) {
      Thread.sleep(100);
      client.write(".113.7 192.0.2.1 56324 1883\r");
      Thread.sleep(100);
      client.write("\nwho\n");
      assertThat(client.in.readLine()).isEqualTo("hello");
      assertThat(client.in.readLine()).isEqualTo("203.0.113.7:56324 remote");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "who\nwho\nwho\nwho\nwho\n\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n",
        "PROXY TCP4 999.0.113.7 192.0.2.1 56324 1883\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 70000 1883\r\n",
        "PROXY UDP9 203.0.113.7 192.0.2.1 56324 1883\r\n",
      })
  void aConnectionWithoutAProperHeaderIsClosed(String header) throws Exception {
    assertThat(answerTo(listen(ANY_PROXY), header)).isNull();
  }

  @Test
  void aBrokenVersion2HeaderIsClosed() throws Exception {
    int port = listen(ANY_PROXY);
    assertThat(answerTo(port, v2("31" + "11" + "000c" + "cb007107c0000201dc04075b"))).isNull();
    assertThat(answerTo(port, v2("2f" + "11" + "000c" + "cb007107c0000201dc04075b"))).isNull();
    assertThat(answerTo(port, v2("21" + "11" + "0004" + "cb007107"))).isNull();
  }

  @Test
  void aPeerThatSendsNoHeaderIsClosedWhenItsTimeIsOver() throws Exception {
    int port = listen(new ProxyProtocol(200, List.of()));
    long began = System.nanoTime();
    try (RawClient client = new RawClient(port, "PROXY")) {
      assertThat(client.in.readLine()).isNull();
    }
    assertThat((System.nanoTime() - began) / 1_000_000).isGreaterThanOrEqualTo(150);
  }

  @Test
  void onlyProxiesThatAreTrustedAreBelieved() throws Exception {
    String header = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 1883\r\n";
    int trusted = listen(new ProxyProtocol(60_000, List.of(AddressRange.parse("127.0.0.0/8"))));
    assertThat(answerTo(trusted, header)).isEqualTo("203.0.113.7:56324 remote");
    int untrusted = listen(new ProxyProtocol(60_000, List.of(AddressRange.parse("10.0.0.0/8"))));
    assertThat(answerTo(untrusted, header)).isNull();
  }

  @Test
  void theHeaderComesAheadOfTls(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    PfxOptions keys = new PfxOptions().setPath(store.toString()).setPassword("changeit");
    int port =
        loop.listen(
            loop.spec(
                ListenerSpec.Kind.STREAM,
                options -> options.setSsl(true).setKeyCertOptions(keys),
                ANY_PROXY,
                ListenerLimits.NONE));
    KeyStore trusted = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    try (RawClient client =
        new RawClient(port, "PROXY TCP4 203.0.113.7 192.0.2.1 56324 8883\r\n")) {
      var secured =
          (SSLSocket) tls.getSocketFactory().createSocket(client.socket, "localhost", port, true);
      secured.getOutputStream().write("who\n".getBytes(ISO_8859_1));
      var in = new BufferedReader(new InputStreamReader(secured.getInputStream(), ISO_8859_1));
      assertThat(in.readLine()).isEqualTo("hello");
      assertThat(in.readLine()).isEqualTo("203.0.113.7:56324 remote");
    }
  }

  @Test
  void theHeaderComesAheadOfAWebSocketsHandshakeToo() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET, ANY_PROXY, ListenerLimits.NONE);
    String request = RawClient.upgrade("/line");
    // a masked binary frame with mask 0: "who\n"
    String frame = new String(ByteBufUtil.decodeHexDump("828400000000"), ISO_8859_1) + "who\n";
    try (RawClient client =
        new RawClient(port, "PROXY TCP4 203.0.113.7 192.0.2.1 56324 1883\r\n" + request)) {
      assertThat(client.in.readLine()).contains("101");
      client.write(frame);
      assertThat(client.readUntil("remote")).contains("203.0.113.7:56324 remote");
    }
    try (RawClient client = new RawClient(port, request)) {
      assertThat(client.in.readLine()).as("no header, no WebSocket").isNull();
    }
  }
}
