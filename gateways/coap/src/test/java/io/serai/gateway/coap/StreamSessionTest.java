package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Settings;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.harness.SessionHarness;
import io.serai.model.Body;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages over TCP and WebSocket: RFC 8323. */
class StreamSessionTest {
  private static final CoapOption REGISTER = CoapOption.of(CoapOption.OBSERVE, 0);
  private static final CoapOption CUSTODY = CoapOption.of(2, 0);
  private static final int OUR_MAX = 1 << 20;

  private final List<Reply> replies = new ArrayList<>();
  private final List<CoapRequest> requests = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private CoapAnswer answer = TestPeer.content("hi");
  private boolean answersAtOnce = true;
  private Observation observation =
      new Relation(
          new Requests(
              (_, _, _) -> {}, CoapSettings.DEFAULTS, CoapShared.create(), new TestCarrier()),
          CoapToken.EMPTY,
          RequestKey.of(CoapCode.GET, List.of()),
          null,
          new Telling(),
          0);
  private final SessionHarness<CoapFrame> session =
      new SessionHarness<>(
          new StreamSession(
              CoapSettings.of(new Settings(Map.of())),
              new CoapShared(
                  TestPeer.ECHO,
                  new ReassemblyBudget(1 << 20),
                  new ReassemblyBudget(1 << 24),
                  new RecentLimit(1)),
              this::onRequest,
              OUR_MAX));

  StreamSessionTest() {
    session.open();
  }

  private final class Telling implements Observer {
    @Override
    public void onNotified(long tag, Notified outcome, Effects<CoapFrame> out) {
      told.add(tag + " " + outcome);
    }

    @Override
    public void onEnded(Ended why, Effects<CoapFrame> out) {
      told.add("ended " + why);
    }
  }

  private void onRequest(CoapRequest request, Reply reply, Effects<CoapFrame> out) {
    requests.add(request);
    replies.add(reply);
    if (request.isObserve()) {
      observation = reply.observe(answer, new Telling(), out);
    } else if (answersAtOnce) {
      reply.answer(answer, out);
    }
  }

  private static CoapMessage message(
      CoapCode code, int token, Body payload, CoapOption... options) {
    return TestPeer.message(CoapType.CON, 0, code, token, payload, options);
  }

  private static CoapMessage csm(CoapOption... options) {
    return message(CoapCode.CSM, 0, Body.EMPTY, options);
  }

  private List<CoapMessage> says(CoapMessage... messages) {
    session.receives(messages);
    return sent();
  }

  private List<CoapMessage> sent() {
    return session.sent().stream().map(CoapMessage.class::cast).toList();
  }

  /** The peer's capabilities, and what we have sent is looked at. */
  private void connected(CoapOption... options) {
    says(csm(options));
  }

  private CoapMessage asks(CoapCode code, Body payload, CoapOption... options) {
    List<CoapMessage> answers = says(message(code, 7, payload, options));
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  // ---- capabilities

  @Test
  void whoeverTellsItsCapabilitiesMayStay() {
    assertThat(session.isStaying()).isFalse();
    connected();
    assertThat(session.isStaying()).isTrue();
  }

  @Test
  void ourCapabilitiesAreTheFirstMessage() {
    CoapMessage first = sent().getFirst();
    assertThat(first.code()).isEqualTo(CoapCode.CSM);
    assertThat(TestPeer.unsigned(first, 2)).isEqualTo(OUR_MAX);
    assertThat(TestPeer.unsigned(first, 4)).isZero();
  }

  @Test
  void aRequestBeforeTheClientsCapabilitiesAborts() {
    sent();
    assertThat(says(message(CoapCode.GET, 7, Body.EMPTY)).getFirst().code())
        .isEqualTo(CoapCode.ABORT);
    assertThat(session.closeReason()).isEqualTo("protocol_error");
    assertThat(requests).isEmpty();
  }

  @Test
  void aCapabilityThatMustBeUnderstoodAbortsAndIsNamed() {
    sent();
    CoapMessage abort = says(csm(CoapOption.of(9, "x"))).getFirst();
    assertThat(abort.code()).isEqualTo(CoapCode.ABORT);
    assertThat(TestPeer.unsigned(abort, 2)).isEqualTo(9);
  }

  @Test
  void aCapabilityThatNeedNotBeUnderstoodIsPassedOver() {
    connected(CoapOption.of(10, "x"));
    assertThat(asks(CoapCode.GET, Body.EMPTY).code()).isEqualTo(CoapCode.CONTENT);
  }

  @Test
  void anEmptyMessageIsPassedOverEvenFirst() {
    sent();
    assertThat(says(message(CoapCode.EMPTY, 0, Body.EMPTY))).isEmpty();
    assertThat(session.closeReason()).isNull();
  }

  // ---- requests

  @Test
  void requestsAreAnsweredByTheirTokenAndCountAsConfirmable() {
    connected();
    answersAtOnce = false;
    says(message(CoapCode.GET, 1, Body.EMPTY), message(CoapCode.GET, 2, Body.EMPTY));
    assertThat(requests).allMatch(CoapRequest::isConfirmable);
    session.event(out -> replies.get(1).answer(TestPeer.content("two"), out));
    session.event(out -> replies.get(0).answer(TestPeer.content("one"), out));
    assertThat(sent())
        .extracting(TestPeer::shortly)
        .containsExactly("CON 2.05 [02] two", "CON 2.05 [01] one");
  }

  @Test
  void aBadOptionIsAnswered() {
    connected();
    assertThat(asks(CoapCode.GET, Body.EMPTY, CoapOption.of(9, "x")).code())
        .isEqualTo(CoapCode.BAD_OPTION);
  }

  @Test
  void anUnwantedAnswerIsNotSent() {
    connected();
    assertThat(says(message(CoapCode.GET, 1, Body.EMPTY, CoapOption.of(CoapOption.NO_RESPONSE, 2))))
        .isEmpty();
  }

  @Test
  void answersWaitUntilThePeerReadsAndAPeerThatNeverDoesIsLeft() {
    connected();
    session.writable(false);
    for (int i = 0; i < 1_000; i++) {
      assertThat(says(message(CoapCode.GET, i % 100, Body.EMPTY))).isEmpty();
    }
    session.writable(true);
    assertThat(sent())
        .hasSize(1_000)
        .extracting(it -> it.token().bits())
        .startsWith(0L, 1L, 2L)
        .endsWith(98L, 99L);
    session.writable(false);
    for (int i = 0; i < 1_001; i++) {
      says(message(CoapCode.GET, 1, Body.EMPTY));
    }
    assertThat(session.closeReason()).isEqualTo("slow_reader");
  }

  // ---- blocks

  @Test
  void aBodyGoesWholeToAPeerThatTakesSoMuch() {
    connected(CoapOption.of(2, 1 << 20), CoapOption.of(4, 0));
    answer = TestPeer.content(Body.of(new byte[500_000]));
    CoapMessage whole = asks(CoapCode.GET, Body.EMPTY);
    assertThat(whole.payload().length()).isEqualTo(500_000);
    assertThat(BlockOption.in(whole.options(), CoapOption.BLOCK2)).isNull();
  }

  @Test
  void aLongBodyGoesInSeveralBlocksAtOnce() {
    connected(CoapOption.of(2, 10_000), CoapOption.of(4, 0));
    byte[] body = new byte[100_000];
    new Random(1).nextBytes(body);
    answer = TestPeer.content(Body.of(body));
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    CoapMessage next = asks(CoapCode.GET, Body.EMPTY);
    while (true) {
      got.writeBytes(next.payload().toByteArray());
      assertThat(StreamCodec.lengthOf(next)).isLessThanOrEqualTo(10_000);
      BlockOption block = BlockOption.in(next.options(), CoapOption.BLOCK2);
      assertThat(block).isNotNull();
      if (!block.isMore()) {
        break;
      }
      assertThat(block.sizeExponent()).isEqualTo(BlockOption.BERT);
      assertThat(next.payload().length() % 1024).isZero();
      next =
          asks(
              CoapCode.GET,
              Body.EMPTY,
              new BlockOption(got.size() / 1024, false, BlockOption.BERT).as(CoapOption.BLOCK2));
    }
    assertThat(got.toByteArray()).isEqualTo(body);
    assertThat(requests).hasSize(1);
  }

  @Test
  void aPeerThatSaysNothingOfBlocksGetsThemOneByOne() {
    connected();
    answer = TestPeer.content(Body.of(new byte[3_000]));
    CoapMessage first = asks(CoapCode.GET, Body.EMPTY);
    assertThat(StreamCodec.lengthOf(first)).isLessThanOrEqualTo(1_152);
    assertThat(BlockOption.in(first.options(), CoapOption.BLOCK2))
        .isEqualTo(new BlockOption(0, true, 6));
  }

  @Test
  void severalBlocksAtOnceArePutTogether() {
    connected(CoapOption.of(2, 100_000), CoapOption.of(4, 0));
    answer = CoapAnswer.of(CoapCode.CHANGED);
    byte[] body = new byte[10_000];
    new Random(2).nextBytes(body);
    CoapMessage first =
        asks(
            CoapCode.PUT,
            Body.of(Arrays.copyOf(body, 8_192)),
            new BlockOption(0, true, BlockOption.BERT).as(CoapOption.BLOCK1));
    assertThat(first.code()).isEqualTo(CoapCode.CONTINUE);
    asks(
        CoapCode.PUT,
        Body.of(Arrays.copyOfRange(body, 8_192, 10_000)),
        new BlockOption(8, false, BlockOption.BERT).as(CoapOption.BLOCK1));
    assertThat(requests.getFirst().payload()).isEqualTo(Body.of(body));
  }

  // ---- signals

  @Test
  void aPingIsAnsweredWithItsToken() {
    connected();
    CoapMessage pong = says(message(CoapCode.PING, 9, Body.EMPTY)).getFirst();
    assertThat(pong.code()).isEqualTo(CoapCode.PONG);
    assertThat(pong.token()).isEqualTo(CoapToken.of((byte) 9));
    assertThat(pong.options()).isEmpty();
  }

  @Test
  void custodyIsTakenOnceWhatCameBeforeIsAnswered() {
    connected();
    assertThat(says(message(CoapCode.PING, 8, Body.EMPTY, CUSTODY)).getFirst().options())
        .containsExactly(CUSTODY);
    answersAtOnce = false;
    says(message(CoapCode.GET, 1, Body.EMPTY));
    assertThat(says(message(CoapCode.PING, 9, Body.EMPTY, CUSTODY))).isEmpty();
    says(message(CoapCode.GET, 2, Body.EMPTY));
    session.event(out -> replies.getFirst().answer(answer, out));
    List<CoapMessage> sent = sent();
    assertThat(sent).extracting(CoapMessage::code).containsExactly(CoapCode.CONTENT, CoapCode.PONG);
    assertThat(sent.getLast().options()).containsExactly(CUSTODY);
  }

  @Test
  void aPeerThatReleasesIsLetGoWhenItsRequestsAreAnswered() {
    connected();
    answersAtOnce = false;
    says(message(CoapCode.GET, 1, Body.EMPTY));
    says(message(CoapCode.RELEASE, 0, Body.EMPTY));
    assertThat(session.closeReason()).isNull();
    assertThat(says(message(CoapCode.GET, 2, Body.EMPTY))).isEmpty();
    assertThat(requests).hasSize(1);
    session.event(out -> replies.getFirst().answer(answer, out));
    session.deliver();
    assertThat(sent()).hasSize(1);
    assertThat(session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void aPeerThatAbortsIsLeft() {
    connected();
    says(message(CoapCode.ABORT, 0, Body.ofUtf8("no")));
    assertThat(session.closeReason()).isEqualTo("client_abort");
  }

  @Test
  void anUnknownSignalIsPassedOverUnlessItsOptionMustBeUnderstood() {
    connected();
    assertThat(says(message(CoapCode.of(7, 9), 0, Body.EMPTY))).isEmpty();
    assertThat(says(message(CoapCode.PING, 0, Body.EMPTY, CoapOption.of(1, "x"))).getFirst().code())
        .isEqualTo(CoapCode.ABORT);
  }

  @Test
  void whatCannotBeReadAborts() {
    connected();
    session.receivesGarbage(new ProtocolException(0, "token length 9 is reserved", "RFC 7252 §3"));
    CoapMessage abort = sent().getFirst();
    assertThat(abort.code()).isEqualTo(CoapCode.ABORT);
    assertThat(abort.payload().toUtf8()).contains("token length 9");
    assertThat(session.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aNodeThatStopsReleases() {
    connected();
    session.shutDown();
    assertThat(sent().getFirst().code()).isEqualTo(CoapCode.RELEASE);
    assertThat(session.closeReason()).isEqualTo("shutdown");
  }

  @Test
  void aSilentPeerIsPingedAndLeftWhenItStaysSilent() {
    connected();
    session.timeOutReading();
    assertThat(sent().getFirst().code()).isEqualTo(CoapCode.PING);
    says(message(CoapCode.PONG, 0, Body.EMPTY));
    session.timeOutReading();
    assertThat(session.closeReason()).isNull();
    session.timeOutReading();
    assertThat(session.closeReason()).isEqualTo("keepalive_timeout");
  }

  // ---- observations

  @Test
  void anObserverIsToldAsFastAsTheConnectionTakesIt() {
    connected();
    CoapMessage first = asks(CoapCode.GET, Body.EMPTY, REGISTER);
    assertThat(TestPeer.unsigned(first, CoapOption.OBSERVE)).isNotNegative();
    for (int i = 0; i < 3; i++) {
      long tag = i;
      session.event(out -> observation.notify(TestPeer.content("s" + tag), true, tag, out));
      session.deliver();
    }
    assertThat(sent()).extracting(it -> it.payload().toUtf8()).containsExactly("s0", "s1", "s2");
    assertThat(told).containsExactly("0 ACKED", "1 ACKED", "2 ACKED");
  }

  @Test
  void aSlowObserverGetsTheNewestStateWhenItReadsAgain() {
    connected();
    asks(CoapCode.GET, Body.EMPTY, REGISTER);
    session.writable(false);
    for (int i = 0; i < 3; i++) {
      long tag = i;
      session.event(out -> observation.notify(TestPeer.content("s" + tag), true, tag, out));
      session.deliver();
    }
    assertThat(sent()).isEmpty();
    session.writable(true);
    assertThat(sent()).extracting(it -> it.payload().toUtf8()).containsExactly("s2");
    assertThat(told).containsExactly("0 SUPERSEDED", "1 SUPERSEDED", "2 ACKED");
  }

  @Test
  void observersAreToldOfTheEnd() {
    connected();
    asks(CoapCode.GET, Body.EMPTY, REGISTER);
    session.disconnect();
    assertThat(told).containsExactly("ended CLOSED");
  }
}
