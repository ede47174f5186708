package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.SessionRef;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.Settings;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.harness.SessionHarness;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * A peer over UDP and resources that do what the test says: requests are collected, and answered at
 * once when there is an answer for them.
 */
final class TestPeer implements RequestHandler {
  static final EchoValues ECHO = new EchoValues(new byte[32]);

  final DatagramSession layer;
  final SessionHarness<CoapFrame> session;
  final ReassemblyBudget budget;
  final ReassemblyBudget keptBudget = new ReassemblyBudget(1 << 20);
  final RecentLimit recent = new RecentLimit(1_000_000);
  final List<CoapRequest> requests = new ArrayList<>();
  final List<Reply> replies = new ArrayList<>();

  /** What observers were told: {@code tag ACKED}, {@code ended RESET}. */
  final List<String> told = new ArrayList<>();

  boolean isHolding;
  long deadlineMillis = Long.MAX_VALUE;
  int deadlines;
  boolean isClosed;
  private BiConsumer<CoapRequest, Effects<CoapFrame>> answering = (_, _) -> {};
  private int messageId = 100;

  TestPeer() {
    this(true, Map.of());
  }

  TestPeer(boolean isLoopback, Map<String, Object> settings) {
    this(isLoopback, settings, new ReassemblyBudget(1 << 20));
  }

  TestPeer(boolean isLoopback, Map<String, Object> settings, ReassemblyBudget budget) {
    this.budget = budget;
    CoapSettings options = CoapSettings.of(new Settings(settings));
    layer = new DatagramSession(info("udp", isLoopback), options, shared(), this, new Random(7));
    session = new SessionHarness<>(layer);
    session.open();
  }

  CoapShared shared() {
    return new CoapShared(ECHO, budget, keptBudget, recent);
  }

  static ConnectionInfo info(String transport, boolean isLoopback) {
    String address = isLoopback ? "127.0.0.1:50000" : "192.0.2.7:50000";
    return new ConnectionInfo(
        new SessionRef(0, 1), "coap", transport, address, isLoopback, "/", true, null);
  }

  // ---- resources

  /** Every request is answered like this from now on. */
  TestPeer answering(CoapAnswer answer) {
    answering = (_, out) -> replies.getLast().answer(answer, out);
    return this;
  }

  /** What is done with every request from now on. */
  TestPeer doing(BiConsumer<CoapRequest, Effects<CoapFrame>> what) {
    answering = what;
    return this;
  }

  @Override
  public void onRequest(CoapRequest request, Reply reply, Effects<CoapFrame> out) {
    requests.add(request);
    replies.add(reply);
    answering.accept(request, out);
  }

  @Override
  public boolean isRepeatable(CoapCode method, List<String> path) {
    return RequestHandler.super.isRepeatable(method, path) && !path.contains("once");
  }

  @Override
  public long nextDeadlineMillis() {
    return deadlineMillis;
  }

  @Override
  public void onDeadline(Effects<CoapFrame> out) {
    deadlines++;
    deadlineMillis = Long.MAX_VALUE;
  }

  @Override
  public boolean isHolding() {
    return isHolding;
  }

  @Override
  public void onClosed(Effects<CoapFrame> out) {
    isClosed = true;
  }

  /** Answers a request that is not answered yet, from an event of the broker. */
  void answerLater(int index, CoapAnswer answer) {
    session.event(out -> replies.get(index).answer(answer, out));
    session.deliver();
  }

  /** Answers every observation with {@code first} and gives the last one. */
  Observation[] observable(CoapAnswer first) {
    Observation[] last = new Observation[1];
    doing((request, out) -> {
      if (request.isObserve()) {
        last[0] = replies.getLast().observe(first, observer(), out);
      } else {
        replies.getLast().answer(first, out);
      }
    });
    return last;
  }

  private Observer observer() {
    return new Observer() {
      @Override
      public void onNotified(long tag, Notified outcome, Effects<CoapFrame> out) {
        told.add(tag + " " + outcome);
      }

      @Override
      public void onEnded(Ended why, Effects<CoapFrame> out) {
        told.add("ended " + why);
      }
    };
  }

  /** Tells of a new state, as when a message is delivered. */
  void notify(Observation observation, String state, boolean isConfirmable, long tag) {
    session.event(out -> observation.notify(content(state), isConfirmable, tag, out));
    session.deliver();
  }

  List<String> told() {
    List<String> now = List.copyOf(told);
    told.clear();
    return now;
  }

  static CoapAnswer content(String text) {
    return new CoapAnswer(CoapCode.CONTENT, List.of(), Body.ofUtf8(text));
  }

  static CoapAnswer content(Body body) {
    return new CoapAnswer(CoapCode.CONTENT, List.of(), body);
  }

  // ---- messages

  static CoapOption path(String segment) {
    return CoapOption.of(CoapOption.URI_PATH, segment);
  }

  static CoapMessage message(
      CoapType type, int id, CoapCode code, int token, Body payload, CoapOption... options) {
    List<CoapOption> sorted = new ArrayList<>(List.of(options));
    sorted.sort(Comparator.comparingInt(CoapOption::number));
    return new CoapMessage(type, id, code, CoapToken.of((byte) token), sorted, payload);
  }

  static CoapMessage con(int id, CoapCode code, int token, CoapOption... options) {
    return message(CoapType.CON, id, code, token, Body.EMPTY, options);
  }

  static CoapMessage non(int id, CoapCode code, int token, CoapOption... options) {
    return message(CoapType.NON, id, code, token, Body.EMPTY, options);
  }

  static CoapMessage empty(CoapType type, int id) {
    return new CoapMessage(type, id, CoapCode.EMPTY, CoapToken.EMPTY, List.of(), Body.EMPTY);
  }

  /** Sends messages and gives what came back. */
  List<CoapMessage> says(CoapFrame... frames) {
    session.receives(frames);
    return sent();
  }

  /** A request with a message id of its own, and the one message that comes back. */
  CoapMessage asks(CoapCode code, int token, Body payload, CoapOption... options) {
    List<CoapMessage> answers =
        says(message(CoapType.CON, messageId++, code, token, payload, options));
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  CoapMessage gets(CoapOption... options) {
    return asks(CoapCode.GET, 1, Body.EMPTY, options);
  }

  List<CoapMessage> sent() {
    return session.sent().stream().map(CoapMessage.class::cast).toList();
  }

  /** What is sent within a time. */
  List<CoapMessage> within(long millis) {
    session.pass(millis);
    return sent();
  }

  static String shortly(CoapMessage message) {
    return message.type()
        + " "
        + message.code()
        + " ["
        + message.token()
        + "] "
        + message.payload().toUtf8();
  }

  static long unsigned(CoapMessage message, int option) {
    CoapOption found = CoapRequest.first(message.options(), option);
    return found == null ? -1 : found.unsigned();
  }
}
