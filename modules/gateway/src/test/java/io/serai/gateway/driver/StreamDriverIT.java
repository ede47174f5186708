package io.serai.gateway.driver;

import static io.serai.gateway.driver.DriverLoop.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.serai.bus.Counter;
import io.serai.gateway.ClientEvent;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The drivers over real sockets of the JDK, with a protocol of text lines. */
@Timeout(120)
class StreamDriverIT {
  private final DriverLoop loop = new DriverLoop();

  @AfterEach
  void stopLoop() {
    loop.close();
  }

  @Test
  void aListenerThatClosesCutsItsConnections() throws Exception {
    Listener listener =
        loop.open(loop.spec(ListenerSpec.Kind.STREAM, null, null, ListenerLimits.NONE));
    try (LineClient client = new LineClient(listener.port())) {
      assertThat(client.read()).isEqualTo("hello");
      loop.run(listener::close);
      assertThat(client.read()).isNull();
      eventually(() -> loop.hub.connectionCount() == 0);
    }
  }

  @Test
  void linesComeBackHoweverTheyAreSplit() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      client.write("on");
      client.write("e\ntwo\nthr");
      assertThat(client.read()).isEqualTo("one");
      assertThat(client.read()).isEqualTo("two");
      client.write("ee\n");
      assertThat(client.read()).isEqualTo("three");
    }
  }

  @Test
  void inputIsHeldWhileAnAnswerIsAwaited() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nask a\nplain\nask b\nlast\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(client.read()).isEqualTo("answer a");
      assertThat(client.read()).isEqualTo("plain");
      assertThat(client.read()).isEqualTo("answer b");
      assertThat(client.read()).isEqualTo("last");
    }
  }

  @Test
  void anAnswerFromAnotherThreadContinuesOnTheLoop() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(loop.gateway.log.getFirst()).startsWith("vert.x-eventloop-thread");
    }
  }

  @Test
  void whoWatchesClientsHearsWhenTheyCameAndWentByTheWallClock() throws Exception {
    List<ClientEvent> heard = new CopyOnWriteArrayList<>();
    loop.run(() -> loop.hub.watchClients(heard::add));
    long before = System.currentTimeMillis();
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nbye\n");
      while (client.read() != null) {
        // read to the end
      }
    }
    eventually(() -> heard.size() == 2);
    long after = System.currentTimeMillis();
    var came = (ClientEvent.Connected) heard.getFirst();
    var gone = (ClientEvent.Disconnected) heard.getLast();
    // The loop reads the clock once a turn, which may have begun before.
    assertThat(came.connectedAtMillis()).isBetween(before - 60_000, after);
    assertThat(gone.connectedAtMillis()).isEqualTo(came.connectedAtMillis());
    assertThat(gone.atMillis()).isBetween(came.connectedAtMillis(), after);
    assertThat(gone.reason()).isEqualTo("client_request");
  }

  @Test
  void aProtocolErrorIsToldAndClosesOnlyThatConnection() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.STREAM);
    try (LineClient bystander = new LineClient(port);
        LineClient client = new LineClient(port)) {
      // Unread input behind the bad line must not make the kernel reset the connection.
      client.write("bad\n" + "more\n".repeat(50_000));
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("error 7 bad line");
      assertThat(client.read()).isNull();
      bystander.write("still here\n");
      assertThat(bystander.read()).isEqualTo("hello");
      assertThat(bystander.read()).isEqualTo("still here");
      assertThat(loop.counters.get(Counter.PROTOCOL_ERRORS)).isEqualTo(1);
    }
  }

  @Test
  void aFailureOfOursClosesOnlyThatConnection() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.STREAM);
    try (LineClient client = new LineClient(port)) {
      client.write("boom\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("sorry");
      assertThat(client.read()).isNull();
    }
    try (LineClient next = new LineClient(port)) {
      assertThat(next.read()).isEqualTo("hello");
    }
  }

  @Test
  void aWantOfMemoryOutsideTheHeapClosesOnlyThatConnection() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.STREAM);
    try (LineClient bystander = new LineClient(port);
        LineClient client = new LineClient(port)) {
      client.write("login\nstarve\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(client.read()).isEqualTo("sorry");
      assertThat(client.read()).isNull();
      bystander.write("still here\n");
      assertThat(bystander.read()).isEqualTo("hello");
      assertThat(bystander.read()).isEqualTo("still here");
    }
  }

  @Test
  void outputLargerThanTheSocketBufferArrivesWhole() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("big 20000\n");
      assertThat(client.read()).isEqualTo("hello");
      for (int i = 0; i < 20_000; i++) {
        assertThat(client.read()).hasSize(1023);
      }
      assertThat(client.read()).isEqualTo("end");
    }
  }

  @Test
  void whatWasSaidBeforeAnEndArrivesHoweverMuchItIs() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("big 20000\nbye\n");
      assertThat(client.read()).isEqualTo("hello");
      Thread.sleep(100); // the socket's buffers are full, and most of it waits here
      for (int i = 0; i < 20_000; i++) {
        assertThat(client.read()).hasSize(1023);
      }
      assertThat(client.read()).isEqualTo("end");
      assertThat(client.read()).isEqualTo("bye");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void lastWordsMayTakeLongWhileTheyAreRead() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("big 40000\nbye\n");
      assertThat(client.read()).isEqualTo("hello");
      for (int i = 0; i < 40_000; i++) {
        if (i % 5_000 == 0) {
          loop.advance(400); // longer in all than a peer that reads nothing is waited for
        }
        assertThat(client.read()).hasSize(1023);
      }
      assertThat(client.read()).isEqualTo("end");
      assertThat(client.read()).isEqualTo("bye");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aConnectionThatCannotBeWrittenToKeepsNobodyElseFromIt() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.STREAM);
    BrokenTransport broken = new BrokenTransport();
    try (LineClient client = new LineClient(port)) {
      assertThat(client.read()).isEqualTo("hello");
      loop.run(() -> {
        var spec = loop.spec(ListenerSpec.Kind.STREAM, null, null, ListenerLimits.NONE);
        Connection<?> connection = new Accepted(null, null, null).connect(spec, loop.hub, broken);
        connection.open(); // what it says is to be flushed when the turn ends
      });
      client.write("first\n");
      assertThat(client.read()).isEqualTo("first");
      loop.advance(Farewell.PATIENCE_MILLIS + 200);
      eventually(() -> broken.isClosed);
      client.write("second\n");
      assertThat(client.read()).isEqualTo("second");
    }
  }

  /** A transport that fails through our fault. */
  private static final class BrokenTransport implements Transport {
    volatile boolean isClosed;

    @Override
    public ByteBufAllocator allocator() {
      return ByteBufAllocator.DEFAULT;
    }

    @Override
    public void write(ByteBuf bytes) {
      bytes.release();
      throw new IllegalStateException("seeded failure");
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void finish(boolean isPeerDone) {}

    @Override
    public void close() {
      isClosed = true;
    }
  }

  @Test
  void silenceBeyondTheKeepaliveIsNoticed() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nkeepalive 300\nstill here\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(client.read()).isEqualTo("still here");
      loop.advance(500);
      assertThat(client.read()).isEqualTo("silent");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aPeerThatDoesNotLogInIsDropped() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      loop.advance(DriverLoop.CONNECT_TIMEOUT_MILLIS + 200);
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aPeerThatSaidGoodbyeIsNotWaitedFor() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      client.write("leave\n");
      eventually(() -> loop.hub.connectionCount() == 0); // though its own end is still open
    }
  }

  @Test
  void aPeerThatGoesOnTalkingStillReadsTheLastWords() throws Exception {
    for (String last : List.of("bye", "bad")) { // as asked for, and as a protocol error
      try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
        assertThat(client.read()).isEqualTo("hello");
        client.write(last + "\n");
        client.write("more\n".repeat(50_000));
        assertThat(client.read()).isNotNull();
        assertThat(client.read()).isNull();
      }
    }
  }

  @Test
  void theBrokerLearnsOfEndedSessionsOnce() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nask a\nbye\n");
      while (client.read() != null) {
        // read to the end
      }
    }
    eventually(() -> loop.broker.ended.size() == 1 && loop.gateway.log.contains("closed"));
    assertThat(loop.gateway.log).filteredOn("closed"::equals).hasSize(1);
  }

  @Test
  void shutdownIsToldToEveryConnection() throws Exception {
    try (LineClient client = new LineClient(loop.listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      loop.run(loop.hub::shutdown);
      assertThat(client.read()).isEqualTo("shutdown");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void webSocketFramesMaySplitLinesAnywhere() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    StringBuffer received = new StringBuffer();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("line")
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/line"), new Collector(received))
            .get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(socket.getSubprotocol()).isEqualTo("line");
    socket.sendBinary(bytes("fi"), false).get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    socket.sendBinary(bytes("rst\nsec"), true).get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    socket.sendBinary(bytes("ond\n"), true).get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    eventually(() -> received.toString().equals("hello\nfirst\nsecond\n"));
    socket.abort();
  }

  @Test
  void aWebSocketFrameMayHoldAMegabyte() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    StringBuffer received = new StringBuffer();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/line"), new Collector(received))
            .get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    String line = "x".repeat(1 << 20) + "\n";
    socket.sendBinary(bytes(line), true).get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    eventually(() -> received.length() == "hello\n".length() + line.length());
    socket.abort();
  }

  @Test
  void webSocketTextFramesAreRefusedByABinaryProtocol() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    Collector collector = new Collector(new StringBuffer());
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/line"), collector)
            .get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    socket.sendText("text\n", true).get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(collector.closeCode.get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isEqualTo(1003);
  }

  @Test
  void whoDoesNotCloseItsWebSocketInTurnIsGoneAllTheSame() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    int tries = 1;
    while (!isSessionGoneBeforeItsSocket(port)) {
      assertThat(++tries).as("sessions that stayed as long as sockets do").isLessThan(10);
    }
  }

  /** False when its socket, which has a second, may have gone too, as on a busy machine. */
  private boolean isSessionGoneBeforeItsSocket(int port) throws Exception {
    try (RawClient client = new RawClient(port, RawClient.upgrade("/line"))) {
      eventually(() -> loop.hub.connectionCount() == 1);
      long began = System.nanoTime();
      client.write("\u0081\u0081\0\0\0\0a"); // FIN and TEXT, masked with nothing
      eventually(() -> loop.hub.connectionCount() == 0);
      long millis = (System.nanoTime() - began) / 1_000_000;
      while (client.in.read() >= 0) {
        // until its end, which the node makes
      }
      return millis < 900;
    }
  }

  @Test
  void eachPeerAddressHasItsOwnDatagramSession() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.DATAGRAM);
    try (DatagramSocket first = new DatagramSocket();
        DatagramSocket second = new DatagramSocket()) {
      assertThat(exchange(first, port, "a\nrest without end")).isEqualTo("hello\n");
      assertThat(receive(first)).as("every frame is a datagram").isEqualTo("a\n");
      assertThat(exchange(second, port, "b\n")).isEqualTo("hello\n");
      assertThat(receive(second)).isEqualTo("b\n");
      assertThat(exchange(first, port, "c\n")).isEqualTo("c\n");
    }
  }

  @Test
  void datagramsThatComeWhileAnAnswerIsAwaitedStayApart() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.DATAGRAM);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(60_000);
      for (String text : new String[] {"login\n", "a\nrest of a", "b", "c\nrest of c", "d\n"}) {
        send(socket, port, text);
      }
      assertThat(receive(socket)).isEqualTo("hello\n");
      String answered = receive(socket);
      assertThat(answered).doesNotContain("rest").isNotEqualTo("a\n");
      assertThat(receive(socket)).isEqualTo("a\n");
      assertThat(receive(socket)).isEqualTo("c\n");
      assertThat(receive(socket)).isEqualTo("d\n");
    }
  }

  @Test
  void loopsShareADatagramPortAndAPeerStaysWithItsLoop() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.DATAGRAM);
    try (DriverLoop other = new DriverLoop()) {
      other.listen(
          loop.spec(ListenerSpec.Kind.DATAGRAM, null, null, ListenerLimits.NONE).onPort(port));
      for (int i = 0; i < 40; i++) {
        try (DatagramSocket socket = new DatagramSocket()) {
          assertThat(exchange(socket, port, "a\n")).isEqualTo("hello\n");
          assertThat(receive(socket)).isEqualTo("a\n");
          assertThat(exchange(socket, port, "b\n")).as("no second hello").isEqualTo("b\n");
        }
      }
      assertThat(loop.hub.connectionCount() + other.hub.connectionCount()).isEqualTo(40);
    }
  }

  private static String exchange(DatagramSocket socket, int port, String text) throws IOException {
    socket.setSoTimeout(60_000);
    send(socket, port, text);
    return receive(socket);
  }

  private static void send(DatagramSocket socket, int port, String text) throws IOException {
    byte[] out = text.getBytes(StandardCharsets.UTF_8);
    socket.send(new DatagramPacket(out, out.length, InetAddress.getByName("127.0.0.1"), port));
  }

  private static String receive(DatagramSocket socket) throws IOException {
    DatagramPacket in = new DatagramPacket(new byte[1000], 1000);
    socket.receive(in);
    return new String(in.getData(), 0, in.getLength(), StandardCharsets.UTF_8);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Collector implements WebSocket.Listener {
    private final StringBuffer received;
    final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

    Collector(StringBuffer received) {
      this.received = received;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      received.append(StandardCharsets.UTF_8.decode(data));
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
      closeCode.complete(statusCode);
      return null;
    }
  }
}
