package io.serai.gateway.coap;

import static io.serai.gateway.coap.TestPeer.con;
import static io.serai.gateway.coap.TestPeer.content;
import static io.serai.gateway.coap.TestPeer.empty;
import static io.serai.gateway.coap.TestPeer.message;
import static io.serai.gateway.coap.TestPeer.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What may be sent to an address that nobody has shown to be its own: RFC 9175 §2.3. */
class AmplificationTest {
  private static final CoapOption REGISTER = CoapOption.of(CoapOption.OBSERVE, 0);
  private static final Body LONG = Body.of(new byte[500]);

  private final TestPeer stranger = new TestPeer(false, Map.of());

  private static int lengthOf(List<CoapMessage> messages) {
    return messages.stream().mapToInt(DatagramCodec::lengthOf).sum();
  }

  @Test
  void aLongAnswerDemandsASignThatTheAddressIsTheClientsOwn() {
    stranger.answering(content(LONG));
    CoapMessage request = con(1, CoapCode.GET, 1, path("a"));
    List<CoapMessage> first = stranger.says(request);
    assertThat(first.getFirst().code()).isEqualTo(CoapCode.UNAUTHORIZED);
    assertThat(lengthOf(first)).isLessThanOrEqualTo(3 * DatagramCodec.lengthOf(request));
    CoapOption echo =
        Objects.requireNonNull(CoapRequest.first(first.getFirst().options(), CoapOption.ECHO));
    CoapMessage second = stranger.says(con(2, CoapCode.GET, 1, path("a"), echo)).getFirst();
    assertThat(second.code()).isEqualTo(CoapCode.CONTENT);
    assertThat(second.payload()).isEqualTo(LONG);
    assertThat(stranger.says(con(3, CoapCode.GET, 1, path("a"))).getFirst().code())
        .as("shown once, known from then on")
        .isEqualTo(CoapCode.CONTENT);
  }

  @Test
  void anEchoOfAnotherAddressOrTimeIsWorthNothing() {
    long now = stranger.session.nowMillis();
    for (CoapOption echo :
        List.of(
            TestPeer.ECHO.issue("192.0.2.8:50000", now),
            TestPeer.ECHO.issue("192.0.2.7:50000", now - 600_000),
            CoapOption.of(CoapOption.ECHO, "whatever"))) {
      TestPeer peer = new TestPeer(false, Map.of());
      peer.answering(content(LONG));
      assertThat(peer.says(con(2, CoapCode.GET, 1, echo)).getFirst().code())
          .isEqualTo(CoapCode.UNAUTHORIZED);
    }
    assertThat(
            TestPeer.ECHO.isGood(
                TestPeer.ECHO.issue("192.0.2.7:50000", now - 100_000), "192.0.2.7:50000", now))
        .isTrue();
  }

  @Test
  void anAnswerOfWhatMustNotBeDoneTwiceGoesInSmallBlocks() {
    stranger.answering(new CoapAnswer(CoapCode.CHANGED, List.of(), LONG));
    CoapMessage request =
        message(CoapType.CON, 1, CoapCode.POST, 1, Body.of(new byte[20]), path("rpc"));
    List<CoapMessage> sent = stranger.says(request);
    assertThat(sent.getFirst().code()).isEqualTo(CoapCode.CHANGED);
    assertThat(lengthOf(sent)).isLessThanOrEqualTo(3 * DatagramCodec.lengthOf(request));
    BlockOption block =
        Objects.requireNonNull(BlockOption.in(sent.getFirst().options(), CoapOption.BLOCK2));
    assertThat(block.isMore()).isTrue();
    assertThat(stranger.requests).hasSize(1);
  }

  @Test
  void aGetThatTakesSomethingIsNotAskedForAgainEither() {
    stranger.answering(content(LONG));
    CoapMessage request = con(1, CoapCode.GET, 1, path("once"), path("and-only-once"));
    List<CoapMessage> sent = stranger.says(request);
    assertThat(sent.getFirst().code()).isEqualTo(CoapCode.CONTENT);
    assertThat(lengthOf(sent)).isLessThanOrEqualTo(3 * DatagramCodec.lengthOf(request));
    assertThat(stranger.requests).hasSize(1);
    CoapOption fourth = new BlockOption(4, false, 6).as(CoapOption.BLOCK2);
    CoapMessage unknown =
        stranger.says(con(2, CoapCode.GET, 1, path("once"), path("other"), fourth)).getFirst();
    assertThat(unknown.code()).isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
    assertThat(stranger.requests).hasSize(1);
  }

  @Test
  void aShortAnswerNeedsNoSign() {
    stranger.answering(content("21.5"));
    assertThat(stranger.says(con(1, CoapCode.GET, 1, path("temperature"))).getFirst().code())
        .isEqualTo(CoapCode.CONTENT);
  }

  @Test
  void whatIsRepeatedCountsToo() {
    stranger.answering(content("12345678901234567890123456"));
    CoapMessage request = con(1, CoapCode.GET, 1, path("temperature"));
    assertThat(stranger.says(request).getFirst().code()).isEqualTo(CoapCode.CONTENT);
    int received = DatagramCodec.lengthOf(request);
    for (int i = 2; i < 40; i++) {
      received += DatagramCodec.lengthOf(request);
    }
    int sent = 0;
    for (int i = 2; i < 40; i++) {
      sent += lengthOf(stranger.says(con(i, CoapCode.GET, 1, path("temperature"))));
    }
    assertThat(sent).isLessThanOrEqualTo(3 * received);
  }

  @Test
  void anObserverIsAskedForASignBeforeItIsToldAnything() {
    Observation[] observation = stranger.observable(content("x"));
    List<CoapMessage> sent = stranger.says(con(1, CoapCode.GET, 5, path("temperature"), REGISTER));
    assertThat(sent).hasSize(2);
    assertThat(sent.getFirst().code()).isEqualTo(CoapCode.CONTENT);
    CoapMessage ping = sent.getLast();
    assertThat(ping).isEqualTo(empty(CoapType.CON, ping.messageId()));
    stranger.notify(observation[0], "y", false, 1);
    stranger.notify(observation[0], "z", false, 2);
    assertThat(stranger.sent()).isEmpty();
    List<CoapMessage> news = stranger.says(empty(CoapType.RST, ping.messageId()));
    assertThat(news)
        .singleElement()
        .satisfies(it -> assertThat(it.payload().toUtf8()).isEqualTo("z"));
    assertThat(observation[0].isActive()).isTrue();
    stranger.answering(content(LONG));
    assertThat(stranger.says(con(2, CoapCode.GET, 6)).getFirst().code())
        .isEqualTo(CoapCode.CONTENT);
  }

  @Test
  void anObserverThatGivesNoSignIsForgottenWithoutHavingBeenTold() {
    Observation[] observation = stranger.observable(content("x"));
    CoapMessage request = con(1, CoapCode.GET, 5, path("temperature"), REGISTER);
    int sent = lengthOf(stranger.says(request));
    for (int i = 0; i < 10; i++) {
      stranger.notify(observation[0], "y".repeat(1000), true, i);
      sent += lengthOf(stranger.within(10_000));
    }
    assertThat(sent).isLessThanOrEqualTo(3 * DatagramCodec.lengthOf(request));
    assertThat(stranger.told()).contains("ended TIMED_OUT");
  }

  @Test
  void aShortRequestThatComesAgainDoesNotFetchALongAnswerAgainAndAgain() {
    stranger.answering(content(LONG));
    int received = 0;
    for (int i = 1; i < 10; i++) {
      CoapMessage long_ = message(CoapType.NON, i, CoapCode.GET, 1, Body.of(new byte[100]));
      received += DatagramCodec.lengthOf(long_);
      stranger.says(long_);
    }
    CoapMessage request = con(20, CoapCode.GET, 1);
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      received += DatagramCodec.lengthOf(request);
      sent += lengthOf(stranger.says(request));
    }
    assertThat(sent).isLessThanOrEqualTo(3 * received);
  }

  @Test
  void aSeparateAnswerAndItsRepetitionsCount() {
    CoapMessage request =
        message(CoapType.CON, 1, CoapCode.POST, 1, Body.of(new byte[100]), path("rpc"));
    int sent = lengthOf(stranger.says(request)) + lengthOf(stranger.within(1_000));
    stranger.answerLater(0, new CoapAnswer(CoapCode.CHANGED, List.of(), LONG));
    sent += lengthOf(stranger.sent());
    sent += lengthOf(stranger.within(100_000));
    assertThat(sent).isLessThanOrEqualTo(3 * DatagramCodec.lengthOf(request)).isPositive();
  }

  @Test
  void anObservationWhoseFirstAnswerIsTooLongDoesNotStart() {
    Observation[] observation = stranger.observable(content(LONG));
    assertThat(stranger.says(con(1, CoapCode.GET, 5, REGISTER)).getFirst().code())
        .isEqualTo(CoapCode.UNAUTHORIZED);
    assertThat(observation[0].isActive()).isFalse();
  }

  @Test
  void theLimitCanBeSwitchedOffAndIsNotForThisMachine() {
    for (TestPeer peer :
        List.of(new TestPeer(), new TestPeer(false, Map.of("amplification-factor", 0)))) {
      peer.answering(content(LONG));
      assertThat(peer.says(con(1, CoapCode.GET, 1)).getFirst().payload()).isEqualTo(LONG);
    }
  }

  @Test
  void onlyAnObserverThatHasGivenASignIsRatherKeptThanOthers() {
    stranger.observable(content("x"));
    CoapMessage ping =
        stranger.says(con(1, CoapCode.GET, 5, path("temperature"), REGISTER)).getLast();
    assertThat(stranger.layer.isAnchored()).isFalse();
    stranger.says(empty(CoapType.RST, ping.messageId()));
    assertThat(stranger.layer.isAnchored()).isTrue();
    stranger.says(
        con(2, CoapCode.GET, 5, path("temperature"), CoapOption.of(CoapOption.OBSERVE, 1)));
    assertThat(stranger.layer.isAnchored()).isFalse();
  }
}
