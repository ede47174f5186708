package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Bus;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.OwnerRequest;
import io.serai.bus.Principal;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardEndpoint;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Settings;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The drivers over real sockets of the JDK, with a protocol of text lines. */
@Timeout(20)
class StreamDriverIT {
  private Vertx vertx;
  private Context loop;
  private final LineGateway gateway = new LineGateway();
  private final Counters counters = new Counters();
  private ScriptedBroker broker;
  private SessionHub hub;

  @BeforeEach
  void startLoop() {
    vertx = Vertx.vertx();
    Bus.register(vertx);
    broker = new ScriptedBroker(vertx);
  }

  @AfterEach
  void stopLoop() {
    await(vertx.close());
  }

  private int listen(ListenerSpec.Kind kind) {
    loop = vertx.getOrCreateContext();
    CompletableFuture<Integer> port = new CompletableFuture<>();
    loop.runOnContext(_ -> {
      if (hub == null) {
        hub =
            new SessionHub(
                vertx,
                0,
                1,
                counters,
                (credentials, info) ->
                    Future.succeededFuture(new AuthResult.Granted(new Everything())),
                1_500,
                new ConnectionLimit(1_000));
        Bus bus = new Bus(vertx, 0, 1);
        bus.start(new NoShard(), hub);
        hub.start(bus, broker);
      }
      Listener.open(
              vertx,
              new ListenerSpec(
                  "line",
                  gateway,
                  kind,
                  "127.0.0.1",
                  0,
                  "/line",
                  "/",
                  true,
                  null,
                  Settings.DEFAULTS),
              hub)
          .onComplete(opened -> {
            if (opened.succeeded()) {
              port.complete(opened.result().port());
            } else {
              port.completeExceptionally(opened.cause());
            }
          });
    });
    return port.orTimeout(5, TimeUnit.SECONDS).join();
  }

  /** Answers from a thread of its own, as hashing does. */
  private static Future<AuthResult> authenticateElsewhere() {
    Promise<AuthResult> promise = Promise.promise();
    Thread.ofVirtual().start(() -> promise.complete(new AuthResult.Granted(new Everything())));
    return promise.future();
  }

  @Test
  void linesComeBackHoweverTheyAreSplit() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
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
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
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
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(gateway.log.getFirst()).startsWith("vert.x-eventloop-thread");
    }
  }

  @Test
  void aProtocolErrorIsToldAndClosesOnlyThatConnection() throws Exception {
    int port = listen(ListenerSpec.Kind.STREAM);
    try (Client bystander = new Client(port);
        Client client = new Client(port)) {
      // Unread input behind the bad line must not make the kernel reset the connection.
      client.write("bad\n" + "more\n".repeat(50_000));
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("error 7 bad line");
      assertThat(client.read()).isNull();
      bystander.write("still here\n");
      assertThat(bystander.read()).isEqualTo("hello");
      assertThat(bystander.read()).isEqualTo("still here");
      assertThat(counters.get(Counter.PROTOCOL_ERRORS)).isEqualTo(1);
    }
  }

  @Test
  void aFailureOfOursClosesOnlyThatConnection() throws Exception {
    int port = listen(ListenerSpec.Kind.STREAM);
    try (Client client = new Client(port)) {
      client.write("boom\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("sorry");
      assertThat(client.read()).isNull();
    }
    try (Client next = new Client(port)) {
      assertThat(next.read()).isEqualTo("hello");
    }
  }

  @Test
  void outputLargerThanTheSocketBufferArrivesWhole() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      client.write("big 20000\n");
      assertThat(client.read()).isEqualTo("hello");
      for (int i = 0; i < 20_000; i++) {
        assertThat(client.read()).hasSize(1023);
      }
      assertThat(client.read()).isEqualTo("end");
    }
  }

  @Test
  void silenceBeyondTheKeepaliveIsNoticed() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nkeepalive 300\n");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(client.read()).isEqualTo("silent");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aPeerThatDoesNotLogInIsDropped() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void theBrokerLearnsOfEndedSessionsOnce() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      client.write("login\nask a\nbye\n");
      while (client.read() != null) {
        // read to the end
      }
    }
    eventually(() -> broker.ended.size() == 1 && gateway.log.contains("closed"));
    assertThat(gateway.log).filteredOn("closed"::equals).hasSize(1);
  }

  @Test
  void shutdownIsToldToEveryConnection() throws Exception {
    try (Client client = new Client(listen(ListenerSpec.Kind.STREAM))) {
      assertThat(client.read()).isEqualTo("hello");
      loop.runOnContext(_ -> hub.shutdown());
      assertThat(client.read()).isEqualTo("shutdown");
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void webSocketFramesMaySplitLinesAnywhere() throws Exception {
    int port = listen(ListenerSpec.Kind.WEBSOCKET);
    StringBuffer received = new StringBuffer();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("line")
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/line"), new Collector(received))
            .get(5, TimeUnit.SECONDS);
    assertThat(socket.getSubprotocol()).isEqualTo("line");
    socket.sendBinary(bytes("fi"), false).get(5, TimeUnit.SECONDS);
    socket.sendBinary(bytes("rst\nsec"), true).get(5, TimeUnit.SECONDS);
    socket.sendBinary(bytes("ond\n"), true).get(5, TimeUnit.SECONDS);
    eventually(() -> received.toString().equals("hello\nfirst\nsecond\n"));
    socket.abort();
  }

  @Test
  void webSocketTextFramesAreRefusedByABinaryProtocol() throws Exception {
    int port = listen(ListenerSpec.Kind.WEBSOCKET);
    Collector collector = new Collector(new StringBuffer());
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/line"), collector)
            .get(5, TimeUnit.SECONDS);
    socket.sendText("text\n", true).get(5, TimeUnit.SECONDS);
    assertThat(collector.closeCode.get(5, TimeUnit.SECONDS)).isEqualTo(1003);
  }

  @Test
  void eachPeerAddressHasItsOwnDatagramSession() throws Exception {
    int port = listen(ListenerSpec.Kind.DATAGRAM);
    try (DatagramSocket first = new DatagramSocket();
        DatagramSocket second = new DatagramSocket()) {
      assertThat(exchange(first, port, "a\nrest without end")).isEqualTo("hello\na\n");
      assertThat(exchange(second, port, "b\n")).isEqualTo("hello\nb\n");
      assertThat(exchange(first, port, "c\n")).isEqualTo("c\n");
    }
  }

  private static String exchange(DatagramSocket socket, int port, String text) throws IOException {
    byte[] out = text.getBytes(StandardCharsets.UTF_8);
    socket.setSoTimeout(5_000);
    socket.send(new DatagramPacket(out, out.length, InetAddress.getByName("127.0.0.1"), port));
    DatagramPacket in = new DatagramPacket(new byte[1000], 1000);
    socket.receive(in);
    return new String(in.getData(), 0, in.getLength(), StandardCharsets.UTF_8);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void eventually(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 5 s").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
  }

  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    Client(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      out = socket.getOutputStream();
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    String read() throws IOException {
      return in.readLine();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
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

  private static final class NoShard implements ShardEndpoint {
    @Override
    public void onCommand(ShardCommand command) {}

    @Override
    public <R> void onCall(OwnerRequest<R> request, Consumer<R> answer) {}

    @Override
    public void onTurnEnd() {}
  }

  private static final class Everything implements Principal {
    @Override
    public String user() {
      return "everybody";
    }

    @Override
    public Set<String> tags() {
      return Set.of();
    }

    @Override
    public long version() {
      return 0;
    }

    @Override
    public boolean mayEnter(String vhost) {
      return true;
    }

    @Override
    public boolean may(Action action, String vhost, String resource) {
      return true;
    }

    @Override
    public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
      return true;
    }

    @Override
    public boolean maySubscribe(
        String vhost, String exchange, TopicFilter filter, String clientId) {
      return true;
    }
  }
}
