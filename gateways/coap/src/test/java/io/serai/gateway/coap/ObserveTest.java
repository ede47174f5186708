package io.serai.gateway.coap;

import static io.serai.gateway.coap.TestPeer.con;
import static io.serai.gateway.coap.TestPeer.content;
import static io.serai.gateway.coap.TestPeer.empty;
import static io.serai.gateway.coap.TestPeer.non;
import static io.serai.gateway.coap.TestPeer.path;
import static io.serai.gateway.coap.TestPeer.shortly;
import static io.serai.gateway.coap.TestPeer.unsigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Observations as the message layer keeps them: RFC 7641. */
class ObserveTest {
  private static final CoapOption REGISTER = CoapOption.of(CoapOption.OBSERVE, 0);
  private static final CoapOption DEREGISTER = CoapOption.of(CoapOption.OBSERVE, 1);

  private final TestPeer peer = new TestPeer();
  private final Observation[] last = peer.observable(content("first"));

  private Observation register(int messageId, int token) {
    List<CoapMessage> sent = peer.says(con(messageId, CoapCode.GET, token, path("a"), REGISTER));
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().code()).isEqualTo(CoapCode.CONTENT);
    assertThat(unsigned(sent.getFirst(), CoapOption.OBSERVE)).isNotNegative();
    return last[0];
  }

  /** Registers and has one notification acknowledged, so that the round trip is known. */
  private Observation measured() {
    Observation observation = register(1, 5);
    peer.notify(observation, "second", false, 1);
    peer.says(empty(CoapType.ACK, peer.sent().getFirst().messageId()));
    peer.told();
    return observation;
  }

  private CoapMessage one() {
    List<CoapMessage> sent = peer.sent();
    assertThat(sent).hasSize(1);
    return sent.getFirst();
  }

  // ---- registration

  @Test
  void anObserverIsToldOfChangesUnderItsTokenInOrder() {
    Observation observation = register(1, 5);
    long before = peer.session.nowMillis() >> 4 & 0xff_ffff;
    List<Long> sequence = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      peer.notify(observation, "state " + i, true, i);
      CoapMessage sent = one();
      assertThat(shortly(sent)).isEqualTo("CON 2.05 [05] state " + i);
      sequence.add(unsigned(sent, CoapOption.OBSERVE));
      peer.says(empty(CoapType.ACK, sent.messageId()));
    }
    assertThat(sequence).isSorted().doesNotHaveDuplicates();
    assertThat(sequence.getFirst()).isGreaterThan(before);
    assertThat(peer.told()).containsExactly("0 ACKED", "1 ACKED", "2 ACKED", "3 ACKED", "4 ACKED");
  }

  @Test
  void theSequenceIsOf24BitsAndGrowsWithTime() {
    Relations relations = new Relations(10);
    long now = 1_700_000_000_000L;
    long first = relations.nextSequence(now);
    assertThat(relations.nextSequence(now)).isEqualTo(first + 1);
    long later = new Relations(10).nextSequence(now + 3_600_000);
    long distance = later - first & 0xff_ffff;
    assertThat(distance).as("newer by RFC 7641 §3.4").isBetween(1L, (1L << 23) - 1);
    long end = (1L << 24 + 4) - 16;
    Relations turning = new Relations(10);
    assertThat(turning.nextSequence(end)).isEqualTo(0xff_ffff);
    assertThat(turning.nextSequence(end)).isZero();
  }

  @Test
  void anErrorOrAnAnswerToAPlainRequestStartsNoObservation() {
    peer.observable(CoapAnswer.of(CoapCode.NOT_FOUND));
    CoapMessage answer = peer.says(con(1, CoapCode.GET, 5, REGISTER)).getFirst();
    assertThat(answer.code()).isEqualTo(CoapCode.NOT_FOUND);
    assertThat(unsigned(answer, CoapOption.OBSERVE)).isEqualTo(-1);
    peer.observable(content("hi"));
    CoapMessage put = peer.says(con(2, CoapCode.PUT, 5, REGISTER)).getFirst();
    assertThat(unsigned(put, CoapOption.OBSERVE)).isEqualTo(-1);
    assertThat(peer.requests).extracting(CoapRequest::isObserve).containsExactly(true, false);
  }

  @Test
  void registeringAgainTakesThePlaceOfTheObservation() {
    Observation first = register(1, 5);
    Observation second = register(2, 5);
    assertThat(first.isActive()).isFalse();
    assertThat(second.isActive()).isTrue();
    assertThat(peer.told()).containsExactly("ended REPLACED");
    peer.notify(first, "old", true, 1);
    assertThat(peer.sent()).isEmpty();
  }

  @Test
  void onePeerMayObserveSeveralThings() {
    Observation first = register(1, 5);
    Observation second = register(2, 6);
    peer.notify(first, "a", true, 1);
    peer.notify(second, "b", true, 2);
    CoapMessage sent = one();
    assertThat(shortly(sent)).isEqualTo("CON 2.05 [05] a");
    assertThat(peer.says(empty(CoapType.ACK, sent.messageId())))
        .as("NSTART is the peer's, not the observation's")
        .extracting(TestPeer::shortly)
        .containsExactly("CON 2.05 [06] b");
  }

  @Test
  void beyondTheLimitRequestsAreAnsweredButNotObserved() {
    TestPeer limited = new TestPeer(true, Map.of("max-observations", 1));
    Observation[] one = limited.observable(content("hi"));
    limited.says(con(1, CoapCode.GET, 5, REGISTER));
    CoapMessage second = limited.says(con(2, CoapCode.GET, 6, REGISTER)).getFirst();
    assertThat(second.code()).isEqualTo(CoapCode.CONTENT);
    assertThat(unsigned(second, CoapOption.OBSERVE)).isEqualTo(-1);
    assertThat(one[0].isActive()).isFalse();
  }

  // ---- the end

  @Test
  void observeOneDeregistersAndIsAnsweredLikeAPlainGet() {
    Observation observation = register(1, 5);
    CoapMessage answer = peer.says(con(2, CoapCode.GET, 5, path("a"), DEREGISTER)).getFirst();
    assertThat(shortly(answer)).isEqualTo("ACK 2.05 [05] first");
    assertThat(unsigned(answer, CoapOption.OBSERVE)).isEqualTo(-1);
    assertThat(peer.told()).containsExactly("ended DEREGISTERED");
    peer.notify(observation, "more", true, 1);
    assertThat(peer.sent()).isEmpty();
  }

  @Test
  void aResetOfAConfirmableNotificationEndsTheObservation() {
    Observation observation = register(1, 5);
    peer.notify(observation, "x", true, 1);
    peer.says(empty(CoapType.RST, one().messageId()));
    assertThat(peer.told()).containsExactly("ended RESET");
    assertThat(peer.within(100_000)).isEmpty();
  }

  @Test
  void aResetOfAnUnconfirmedNotificationEndsTheObservation() {
    Observation observation = measured();
    peer.notify(observation, "x", false, 2);
    CoapMessage sent = one();
    assertThat(sent.type()).isEqualTo(CoapType.NON);
    assertThat(peer.told()).containsExactly("2 SENT");
    peer.says(empty(CoapType.RST, sent.messageId()));
    assertThat(peer.told()).containsExactly("ended RESET");
    assertThat(observation.isActive()).isFalse();
  }

  @Test
  void aPeerThatDoesNotAcknowledgeObservesNothingAnyMore() {
    Observation first = register(1, 5);
    register(2, 6);
    peer.notify(first, "x", true, 1);
    assertThat(peer.within(92_999)).isNotEmpty();
    assertThat(peer.told()).containsExactlyInAnyOrder("ended TIMED_OUT", "ended TIMED_OUT");
    assertThat(peer.within(100_000)).isEmpty();
  }

  @Test
  void theResourceEndsItWithALastAnswer() {
    Observation observation = register(1, 5);
    peer.session.event(out -> observation.end(CoapAnswer.of(CoapCode.NOT_FOUND), out));
    peer.session.deliver();
    CoapMessage sent = one();
    assertThat(shortly(sent)).isEqualTo("CON 4.04 [05] ");
    assertThat(unsigned(sent, CoapOption.OBSERVE)).isEqualTo(-1);
    assertThat(observation.isActive()).isFalse();
    assertThat(peer.told()).isEmpty();
    peer.says(empty(CoapType.ACK, sent.messageId()));
    assertThat(peer.within(100_000)).isEmpty();
  }

  @Test
  void anObservationCanBeForgottenWithoutAWord() {
    Observation observation = register(1, 5);
    peer.notify(observation, "x", true, 1);
    peer.sent();
    observation.forget();
    assertThat(peer.within(100_000)).isEmpty();
    assertThat(peer.told()).isEmpty();
  }

  @Test
  void observersAreToldWhenThePeerIsGone() {
    register(1, 5);
    peer.session.disconnect();
    assertThat(peer.told()).containsExactly("ended CLOSED");
    assertThat(peer.isClosed).isTrue();
  }

  // ---- what is sent

  @Test
  void theNewestStateTakesThePlaceOfOneThatWaits() {
    Observation observation = register(1, 5);
    peer.notify(observation, "one", true, 1);
    CoapMessage first = one();
    peer.notify(observation, "two", true, 2);
    peer.notify(observation, "three", true, 3);
    assertThat(peer.sent()).isEmpty();
    assertThat(peer.told()).containsExactly("2 SUPERSEDED");
    List<CoapMessage> next = peer.says(empty(CoapType.ACK, first.messageId()));
    assertThat(next).extracting(TestPeer::shortly).containsExactly("CON 2.05 [05] three");
    assertThat(peer.told()).containsExactly("1 ACKED");
  }

  @Test
  void aNotificationThatIsRepeatedTellsTheNewestState() {
    Observation observation = register(1, 5);
    peer.notify(observation, "one", true, 1);
    CoapMessage first = one();
    peer.notify(observation, "two", true, 2);
    CoapMessage again = peer.within(3_000).getFirst();
    assertThat(shortly(again)).isEqualTo("CON 2.05 [05] two");
    assertThat(again.messageId()).isNotEqualTo(first.messageId());
    assertThat(unsigned(again, CoapOption.OBSERVE))
        .isGreaterThan(unsigned(first, CoapOption.OBSERVE));
    assertThat(peer.told()).containsExactly("1 SUPERSEDED");
    peer.says(empty(CoapType.ACK, again.messageId()));
    assertThat(peer.told()).containsExactly("2 ACKED");
  }

  @Test
  void theFirstNotificationFindsOutHowFarThePeerIs() {
    Observation observation = register(1, 5);
    peer.notify(observation, "x", false, 1);
    assertThat(one().type()).isEqualTo(CoapType.CON);
    Observation known = new ObserveTest().measured();
    assertThat(known.isActive()).isTrue();
  }

  @Test
  void unconfirmedNotificationsGoOneInARoundTripAfterAFewAtOnce() {
    Observation observation = register(1, 5);
    peer.notify(observation, "x", false, 0);
    CoapMessage first = one();
    peer.session.elapse(500);
    peer.says(empty(CoapType.ACK, first.messageId()));
    peer.session.pass(60_000);
    peer.told();
    int sent = 0;
    for (int i = 0; i < 60; i++) {
      peer.notify(observation, "state " + i, false, i);
      sent += peer.sent().size();
      peer.session.pass(10);
      sent += peer.sent().size();
    }
    assertThat(sent).as("16 at once and one each 500 ms").isBetween(16, 18);
    CoapMessage newest = peer.within(1_000).getLast();
    assertThat(newest.payload().toUtf8()).isEqualTo("state 59");
    assertThat(peer.told()).hasSize(60).contains("58 SUPERSEDED", "59 SENT");
  }

  @Test
  void nowAndThenANotificationMustBeConfirmed() {
    Observation observation = measured();
    List<CoapType> types = new ArrayList<>();
    for (int i = 0; i < 41; i++) {
      peer.session.pass(1_000);
      peer.notify(observation, "x", false, i);
      CoapMessage sent = one();
      types.add(sent.type());
      if (sent.type() == CoapType.CON) {
        peer.says(empty(CoapType.ACK, sent.messageId()));
      }
    }
    assertThat(types.stream().filter(CoapType.CON::equals)).hasSize(1);
    assertThat(types.get(20)).isEqualTo(CoapType.CON);
  }

  @Test
  void atLeastEvery24HoursOneMustBeConfirmed() {
    Observation observation = measured();
    peer.session.elapse(24 * 3_600_000L);
    peer.notify(observation, "x", false, 1);
    assertThat(one().type()).isEqualTo(CoapType.CON);
  }

  @Test
  void aSilentObserverIsAskedWhetherItIsThere() {
    register(1, 5);
    assertThat(peer.within(3_599_000)).isEmpty();
    List<CoapMessage> pings = peer.within(2_000);
    assertThat(pings).hasSize(1);
    assertThat(pings.getFirst()).isEqualTo(empty(CoapType.CON, pings.getFirst().messageId()));
    peer.says(empty(CoapType.RST, pings.getFirst().messageId()));
    assertThat(peer.told()).as("it is there").isEmpty();
    assertThat(peer.within(3_599_000)).isEmpty();
    assertThat(peer.within(100_000)).as("nobody answers").hasSize(5);
    assertThat(peer.told()).containsExactly("ended TIMED_OUT");
    peer.session.pass(600_000);
    assertThat(peer.session.closeReason()).isEqualTo("idle");
  }

  @Test
  void nothingIsSentFromInsideAnAnswerToANonEither() {
    List<CoapMessage> sent = peer.says(non(1, CoapCode.GET, 5, path("a"), REGISTER));
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().type()).isEqualTo(CoapType.NON);
    assertThat(unsigned(sent.getFirst(), CoapOption.OBSERVE)).isNotNegative();
  }

  @Test
  void aLongStateGoesInBlocksWhoseRestIsOfTheSameState() {
    Observation observation = register(1, 5);
    byte[] state = new byte[2_500];
    java.util.Arrays.fill(state, (byte) 'x');
    Body body = Body.of(state);
    peer.session.event(out -> observation.notify(content(body), true, 1, out));
    peer.session.deliver();
    CoapMessage first = one();
    BlockOption block = BlockOption.in(first.options(), CoapOption.BLOCK2);
    assertThat(block).isEqualTo(new BlockOption(0, true, 6));
    assertThat(unsigned(first, CoapOption.SIZE2)).isEqualTo(2_500);
    peer.says(empty(CoapType.ACK, first.messageId()));
    CoapOption second = new BlockOption(1, false, 6).as(CoapOption.BLOCK2);
    CoapMessage rest = peer.says(con(50, CoapCode.GET, 77, path("a"), second)).getFirst();
    assertThat(rest.payload().length()).isEqualTo(1024);
    assertThat(CoapRequest.first(rest.options(), CoapOption.ETAG))
        .isEqualTo(CoapRequest.first(first.options(), CoapOption.ETAG));
    assertThat(observation.isActive()).isTrue();
    assertThat(peer.requests).as("the resource is not asked again").hasSize(1);
  }
}
