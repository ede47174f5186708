package io.serai.gateway.coap;

import static io.serai.gateway.coap.TestPeer.con;
import static io.serai.gateway.coap.TestPeer.content;
import static io.serai.gateway.coap.TestPeer.empty;
import static io.serai.gateway.coap.TestPeer.message;
import static io.serai.gateway.coap.TestPeer.non;
import static io.serai.gateway.coap.TestPeer.path;
import static io.serai.gateway.coap.TestPeer.shortly;
import static io.serai.gateway.coap.TestPeer.unsigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.CoapFrame.Ignored;
import io.serai.gateway.coap.CoapFrame.Malformed;
import io.serai.model.Body;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages over UDP: RFC 7252 §4 and §5.2. */
class ReliabilityTest {
  private final TestPeer peer = new TestPeer();

  // ---- answers

  @Test
  void anAnswerThatIsThereAtOnceGoesWithTheAcknowledgement() {
    peer.answering(content("hi"));
    List<CoapMessage> sent = peer.says(con(7, CoapCode.GET, 5, path("a")));
    assertThat(sent).hasSize(1);
    assertThat(shortly(sent.getFirst())).isEqualTo("ACK 2.05 [05] hi");
    assertThat(sent.getFirst().messageId()).isEqualTo(7);
    assertThat(peer.requests.getFirst().path()).containsExactly("a");
    assertThat(peer.requests.getFirst().isConfirmable()).isTrue();
  }

  @Test
  void anAnswerWithinHalfASecondStillGoesWithTheAcknowledgement() {
    peer.says(con(7, CoapCode.GET, 5));
    assertThat(peer.within(400)).isEmpty();
    peer.answerLater(0, content("hi"));
    assertThat(peer.sent()).extracting(TestPeer::shortly).containsExactly("ACK 2.05 [05] hi");
    assertThat(peer.within(10_000)).isEmpty();
  }

  @Test
  void aLateAnswerIsSeparateAndRepeatedUntilItIsAcknowledged() {
    assertThat(peer.says(con(7, CoapCode.GET, 5))).isEmpty();
    assertThat(peer.within(600)).containsExactly(empty(CoapType.ACK, 7));
    peer.session.pass(20_000);
    peer.answerLater(0, content("late"));
    CoapMessage answer = peer.sent().getFirst();
    assertThat(shortly(answer)).isEqualTo("CON 2.05 [05] late");
    assertThat(peer.within(3_000)).containsExactly(answer);
    peer.says(empty(CoapType.ACK, answer.messageId()));
    assertThat(peer.within(60_000)).isEmpty();
  }

  @Test
  void aResetEndsTheRepetitionOfAnAnswer() {
    peer.says(con(7, CoapCode.GET, 5));
    peer.session.pass(1_000);
    peer.answerLater(0, content("late"));
    CoapMessage answer = peer.sent().getLast();
    peer.says(empty(CoapType.RST, answer.messageId()));
    assertThat(peer.within(60_000)).isEmpty();
  }

  @Test
  void aNonIsAnsweredByANon() {
    peer.answering(content("hi"));
    List<CoapMessage> sent = peer.says(non(7, CoapCode.GET, 5));
    assertThat(sent).extracting(TestPeer::shortly).containsExactly("NON 2.05 [05] hi");
    assertThat(sent.getFirst().messageId()).isNotEqualTo(7);
    assertThat(peer.requests.getFirst().isConfirmable()).isFalse();
    assertThat(peer.within(5_000)).isEmpty();
  }

  @Test
  void onlyTheFirstAnswerCounts() {
    peer.answering(content("one"));
    peer.says(con(7, CoapCode.GET, 5));
    peer.answerLater(0, content("two"));
    assertThat(peer.sent()).isEmpty();
    assertThat(peer.replies.getFirst().isOpen()).isFalse();
  }

  // ---- repetition

  @Test
  void aLostAcknowledgementIsSentAgainAndTheRequestIsNotDoneTwice() {
    peer.answering(content("hi"));
    List<CoapMessage> first = peer.says(con(7, CoapCode.POST, 5));
    peer.session.pass(100_000);
    assertThat(peer.says(con(7, CoapCode.POST, 5))).isEqualTo(first);
    assertThat(peer.requests).hasSize(1);
  }

  @Test
  void aRepeatedRequestWithoutAnAnswerYetIsAcknowledged() {
    peer.says(con(7, CoapCode.POST, 5));
    assertThat(peer.says(con(7, CoapCode.POST, 5))).containsExactly(empty(CoapType.ACK, 7));
    peer.answerLater(0, content("late"));
    assertThat(peer.sent()).extracting(TestPeer::shortly).containsExactly("CON 2.05 [05] late");
    assertThat(peer.says(con(7, CoapCode.POST, 5))).containsExactly(empty(CoapType.ACK, 7));
    assertThat(peer.requests).hasSize(1);
  }

  @Test
  void aRepeatedNonIsPassedOver() {
    peer.answering(content("hi"));
    peer.says(non(7, CoapCode.POST, 5));
    assertThat(peer.says(non(7, CoapCode.POST, 5))).isEmpty();
    assertThat(peer.requests).hasSize(1);
  }

  @Test
  void aMessageIdMeansAnotherMessageOnceItsLifetimeIsOver() {
    peer.isHolding = true;
    peer.answering(content("hi"));
    peer.says(con(7, CoapCode.POST, 5), non(8, CoapCode.POST, 6));
    peer.session.pass(CoapSettings.DEFAULTS.nonLifetimeMillis());
    peer.says(con(7, CoapCode.POST, 5), non(8, CoapCode.POST, 6));
    assertThat(peer.requests).hasSize(3);
    peer.session.pass(CoapSettings.DEFAULTS.exchangeLifetimeMillis());
    peer.says(con(7, CoapCode.POST, 5));
    assertThat(peer.requests).hasSize(4);
  }

  @Test
  void lifetimesAreThoseOfTheSpecification() {
    assertThat(CoapSettings.DEFAULTS.exchangeLifetimeMillis()).isEqualTo(247_000);
    assertThat(CoapSettings.DEFAULTS.nonLifetimeMillis()).isEqualTo(145_000);
  }

  @Test
  void whatIsRememberedForRepetitionIsBounded() {
    RecentLimit limit = new RecentLimit(2_000);
    Recent recent = new Recent(CoapSettings.DEFAULTS, limit);
    Requests none = new Requests(peer, CoapSettings.DEFAULTS, peer.shared(), new TestCarrier());
    for (int id = 0; id < 5_000; id++) {
      recent.add(new Exchange(none, con(id, CoapCode.GET, 1), id), id);
    }
    assertThat(recent.size()).isEqualTo(1_024);
    assertThat(recent.find(0, 5_000)).isNull();
    assertThat(recent.find(4_999, 5_000)).isNotNull();
    recent.add(new Exchange(none, con(9_999, CoapCode.GET, 1), 300_000), 300_000);
    assertThat(recent.size()).isEqualTo(1);
    assertThat(limit.count()).isEqualTo(1);
    recent.close();
    assertThat(limit.count()).isZero();
  }

  @Test
  void whereManyPeersHaveMuchToRememberEachHasLittle() {
    RecentLimit limit = new RecentLimit(500);
    Requests none = new Requests(peer, CoapSettings.DEFAULTS, peer.shared(), new TestCarrier());
    for (int other = 0; other < 100; other++) {
      Recent recent = new Recent(CoapSettings.DEFAULTS, limit);
      for (int id = 0; id < 100; id++) {
        recent.add(new Exchange(none, con(id, CoapCode.GET, 1), id), id);
      }
    }
    assertThat(limit.count()).isLessThan(500 + 100 * RecentLimit.FEW);
  }

  @Test
  void retransmissionsWaitTwiceAsLongEachTimeAndEndAfterTheFourth() {
    peer.says(con(7, CoapCode.GET, 5));
    peer.session.pass(1_000);
    peer.answerLater(0, content("late"));
    long start = peer.session.nowMillis();
    peer.sent();
    long first = peer.session.wakeAtMillis() - start;
    assertThat(first).isBetween(2_000L, 3_000L);
    for (int i = 0; i < 4; i++) {
      assertThat(peer.session.wakeAtMillis() - start).isEqualTo(first * ((1L << i + 1) - 1));
      assertThat(peer.within(peer.session.wakeAtMillis() - peer.session.nowMillis())).hasSize(1);
    }
    assertThat(peer.within(200_000)).isEmpty();
  }

  @Test
  void aSlowPeersRoundTripIsLearntAndItsMessagesAreNotRepeatedInVain() {
    int sent = 0;
    for (int i = 0; i < 12; i++) {
      peer.says(con(100 + i, CoapCode.GET, i));
      peer.session.pass(1_000);
      peer.sent();
      peer.answerLater(i, content("late"));
      CoapMessage answer = peer.sent().getFirst();
      sent = 1 + peer.within(6_000).size();
      peer.says(empty(CoapType.ACK, answer.messageId()));
    }
    assertThat(sent).as("the acknowledgement takes 6 s").isEqualTo(1);
  }

  @Test
  void theTimeoutIsNeverShorterThanConfiguredNorVeryLong() {
    RetransmissionTimeout timeout = new RetransmissionTimeout(2_000);
    assertThat(timeout.millis()).isEqualTo(2_000);
    assertThat(timeout.growsByHalf()).isFalse();
    for (int i = 0; i < 20; i++) {
      timeout.measured(1, 0);
    }
    assertThat(timeout.millis()).isEqualTo(2_000);
    timeout.measured(40_000, 3);
    assertThat(timeout.millis()).as("nobody knows which one was acknowledged").isEqualTo(2_000);
    for (int i = 0; i < 20; i++) {
      timeout.measured(50_000, 0);
    }
    assertThat(timeout.millis()).isEqualTo(32_000);
    assertThat(timeout.growsByHalf()).isTrue();
    assertThat(new RetransmissionTimeout(5_000).growsByHalf()).as("as configured").isFalse();
  }

  @Test
  void oneConfirmableMessageIsUnderwayAtATime() {
    peer.says(con(7, CoapCode.GET, 5), con(8, CoapCode.GET, 6));
    peer.session.pass(1_000);
    peer.sent();
    peer.answerLater(0, content("one"));
    peer.answerLater(1, content("two"));
    List<CoapMessage> first = peer.sent();
    assertThat(first).extracting(TestPeer::shortly).containsExactly("CON 2.05 [05] one");
    List<CoapMessage> next = peer.says(empty(CoapType.ACK, first.getFirst().messageId()));
    assertThat(next).extracting(TestPeer::shortly).containsExactly("CON 2.05 [06] two");
  }

  @Test
  void nstartLetsMoreBeUnderway() {
    TestPeer wide = new TestPeer(true, Map.of("nstart", 2));
    wide.says(con(7, CoapCode.GET, 5), con(8, CoapCode.GET, 6));
    wide.session.pass(1_000);
    wide.sent();
    wide.answerLater(0, content("one"));
    wide.answerLater(1, content("two"));
    assertThat(wide.sent()).hasSize(2);
  }

  // ---- what is no request

  @Test
  void aPingIsAnsweredByAReset() {
    assertThat(peer.says(empty(CoapType.CON, 9))).containsExactly(empty(CoapType.RST, 9));
  }

  @Test
  void aConfirmableMessageThatMakesNoSenseIsResetAndAnotherIgnored() {
    assertThat(peer.says(new Malformed(CoapType.CON, 9, "x")))
        .containsExactly(empty(CoapType.RST, 9));
    assertThat(peer.says(con(10, CoapCode.CONTENT, 1))).containsExactly(empty(CoapType.RST, 10));
    assertThat(
            peer.says(
                new Malformed(CoapType.NON, 9, "x"),
                new Malformed(CoapType.ACK, 9, "x"),
                new Malformed(CoapType.RST, 9, "x"),
                Ignored.IGNORED,
                non(11, CoapCode.CONTENT, 1),
                empty(CoapType.NON, 12),
                empty(CoapType.ACK, 13),
                empty(CoapType.RST, 14),
                message(CoapType.ACK, 15, CoapCode.GET, 1, Body.EMPTY)))
        .isEmpty();
    assertThat(peer.requests).isEmpty();
  }

  // ---- options and codes

  @ParameterizedTest
  @ValueSource(ints = {9, 19, 31, 2049, 65_001})
  void anUnknownCriticalOptionIsABadOption(int number) {
    CoapMessage answer = peer.gets(CoapOption.of(number, "x"));
    assertThat(shortly(answer)).isEqualTo("ACK 4.02 [01] option " + number);
    assertThat(peer.says(non(5, CoapCode.GET, 1, CoapOption.of(number, "x")))).isEmpty();
    assertThat(peer.requests).isEmpty();
  }

  @Test
  void anUnknownElectiveOptionIsPassedOver() {
    peer.answering(content("hi"));
    assertThat(peer.gets(CoapOption.of(2048, "x"), CoapOption.of(60_000, "y")).code())
        .isEqualTo(CoapCode.CONTENT);
    assertThat(peer.requests.getFirst().options()).isEmpty();
  }

  @Test
  void anOptionOfAWrongLengthOrTooOftenCountsAsUnknown() {
    peer.answering(content("hi"));
    assertThat(peer.gets(CoapOption.of(CoapOption.URI_PORT, "abc")).code())
        .isEqualTo(CoapCode.BAD_OPTION);
    assertThat(
            peer.gets(CoapOption.of(CoapOption.ACCEPT, 50), CoapOption.of(CoapOption.ACCEPT, 60))
                .code())
        .isEqualTo(CoapCode.BAD_OPTION);
    byte[] noText = {'a', (byte) 0xc3, '('};
    assertThat(peer.gets(CoapOption.of(CoapOption.URI_PATH, noText)).code())
        .isEqualTo(CoapCode.BAD_OPTION);
    assertThat(peer.gets(CoapOption.of(CoapOption.CONTENT_FORMAT, "abc")).code())
        .isEqualTo(CoapCode.CONTENT);
    assertThat(peer.requests.getLast().options()).isEmpty();
  }

  @Test
  void anUnknownMethodIsNotAllowedAndAProxyIsNotHere() {
    assertThat(peer.asks(CoapCode.of(0, 8), 1, Body.EMPTY).code())
        .isEqualTo(CoapCode.METHOD_NOT_ALLOWED);
    assertThat(peer.gets(CoapOption.of(CoapOption.PROXY_URI, "coap://x")).code())
        .isEqualTo(CoapCode.PROXYING_NOT_SUPPORTED);
    assertThat(peer.gets(CoapOption.of(CoapOption.PROXY_SCHEME, "coap")).code())
        .isEqualTo(CoapCode.PROXYING_NOT_SUPPORTED);
    assertThat(peer.requests).isEmpty();
  }

  // ---- too fast, failures

  @Test
  void aPeerThatIsTooFastIsToldWhenToTryAgain() {
    TestPeer limited = new TestPeer(true, Map.of("max-requests-per-second", 3));
    limited.answering(content("hi"));
    List<CoapCode> codes = IntStream.range(0, 5).mapToObj(_ -> limited.gets().code()).toList();
    assertThat(codes)
        .containsExactly(
            CoapCode.CONTENT,
            CoapCode.CONTENT,
            CoapCode.CONTENT,
            CoapCode.TOO_MANY_REQUESTS,
            CoapCode.TOO_MANY_REQUESTS);
    assertThat(unsigned(limited.gets(), CoapOption.MAX_AGE)).isEqualTo(1);
    limited.session.pass(1_000);
    assertThat(limited.gets().code()).isEqualTo(CoapCode.CONTENT);
  }

  @Test
  void requestsWithoutAnAnswerAreBounded() {
    TestPeer limited = new TestPeer(true, Map.of("max-pending-requests", 2));
    limited.says(con(1, CoapCode.GET, 1), con(2, CoapCode.GET, 2));
    assertThat(limited.gets().code()).isEqualTo(CoapCode.TOO_MANY_REQUESTS);
    limited.answerLater(0, content("hi"));
    limited.sent();
    assertThat(limited.says(con(4, CoapCode.GET, 4))).isEmpty();
    assertThat(limited.requests).hasSize(3);
  }

  @Test
  void aFailureOfOursIsAnswered() {
    peer.doing((_, out) -> {
      peer.replies.clear();
      throw new io.serai.gateway.ProtocolException(0, "boom", "");
    });
    assertThat(peer.gets().code()).isEqualTo(CoapCode.INTERNAL_SERVER_ERROR);
  }

  // ---- No-Response (RFC 7967)

  @Test
  void whatTheClientDoesNotWantToHearIsNotSaid() {
    peer.answering(content("hi"));
    CoapOption not2 = CoapOption.of(CoapOption.NO_RESPONSE, 2);
    assertThat(peer.says(non(1, CoapCode.POST, 1, not2))).isEmpty();
    assertThat(peer.says(con(2, CoapCode.POST, 1, not2))).containsExactly(empty(CoapType.ACK, 2));
    assertThat(peer.says(con(2, CoapCode.POST, 1, not2)))
        .as("again")
        .containsExactly(empty(CoapType.ACK, 2));
    peer.answering(CoapAnswer.of(CoapCode.NOT_FOUND));
    assertThat(peer.says(non(3, CoapCode.POST, 1, not2))).hasSize(1);
    CoapOption notErrors = CoapOption.of(CoapOption.NO_RESPONSE, 8 | 16);
    assertThat(peer.says(non(4, CoapCode.POST, 1, notErrors))).isEmpty();
    CoapOption all = CoapOption.of(CoapOption.NO_RESPONSE, 0);
    assertThat(peer.says(non(5, CoapCode.POST, 1, all))).hasSize(1);
  }

  // ---- the life of a peer

  @Test
  void aSilentPeerIsForgottenOnceNothingCanComeAgain() {
    peer.answering(content("hi"));
    peer.gets();
    peer.session.pass(246_000);
    assertThat(peer.session.closeReason()).isNull();
    peer.session.pass(2_000);
    assertThat(peer.session.closeReason()).isEqualTo("idle");
    peer.session.disconnect();
    assertThat(peer.isClosed).isTrue();
  }

  @Test
  void whoeverAsksMayTakeItsTimeToSayWhoItIs() {
    peer.says(empty(CoapType.CON, 1));
    assertThat(peer.session.isStaying()).isFalse();
    peer.says(con(2, CoapCode.PUT, 1, new BlockOption(0, true, 0).as(CoapOption.BLOCK1)));
    assertThat(peer.session.isStaying()).isTrue();
  }

  @Test
  void aPeerIsKeptWhileItsResourcesHoldSomethingOrItsRequestIsOpen() {
    peer.isHolding = true;
    peer.session.pass(3_000_000);
    assertThat(peer.session.closeReason()).isNull();
    peer.says(con(1, CoapCode.GET, 1));
    peer.isHolding = false;
    peer.session.pass(3_000_000);
    assertThat(peer.session.closeReason()).isNull();
    peer.answerLater(0, content("at last"));
    peer.session.pass(600_000);
    assertThat(peer.session.closeReason()).isEqualTo("idle");
  }

  @Test
  void resourcesAreWokenWhenTheyWant() {
    peer.deadlineMillis = peer.session.nowMillis() + 5_000;
    peer.says(empty(CoapType.CON, 1));
    peer.session.pass(4_000);
    assertThat(peer.deadlines).isZero();
    peer.session.pass(1_500);
    assertThat(peer.deadlines).isEqualTo(1);
  }

  @Test
  void messageIdsDoNotComeAgainWithinTheirLifetime() {
    MessageIds ids = new MessageIds(65_530, 247_000);
    int used = 0;
    for (long now = 0; now < 247_000; now += 10) {
      while (!ids.isShort(now)) {
        ids.next();
        used++;
      }
    }
    assertThat(used).isBetween(60_000, 65_536);
  }

  @Test
  void answersThatAPeerDoesNotAcknowledgeAreBounded() {
    TestPeer peer = new TestPeer(true, Map.of("max-pending-requests", 10));
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      peer.says(con(i, CoapCode.GET, i));
      peer.within(600);
      if (peer.replies.size() > i - refused) {
        peer.answerLater(peer.replies.size() - 1, TestPeer.content("late"));
        peer.sent();
      } else {
        refused++;
      }
    }
    assertThat(peer.requests).hasSizeLessThanOrEqualTo(20);
    assertThat(refused).isPositive();
  }

  @Test
  void theBodyOfAGetIsNotKept() {
    TestPeer peer = new TestPeer();
    peer.says(message(CoapType.CON, 1, CoapCode.GET, 1, Body.of(new byte[500])));
    assertThat(peer.requests.getFirst().payload().length()).isZero();
  }
}
