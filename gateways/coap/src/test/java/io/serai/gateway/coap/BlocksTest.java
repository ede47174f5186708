package io.serai.gateway.coap;

import static io.serai.gateway.coap.TestPeer.con;
import static io.serai.gateway.coap.TestPeer.content;
import static io.serai.gateway.coap.TestPeer.path;
import static io.serai.gateway.coap.TestPeer.unsigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies in blocks: RFC 7959. */
class BlocksTest {
  private final TestPeer peer = new TestPeer();

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static CoapOption block1(int number, boolean isMore, int exponent) {
    return new BlockOption(number, isMore, exponent).as(CoapOption.BLOCK1);
  }

  private static CoapOption block2(int number, int exponent) {
    return new BlockOption(number, false, exponent).as(CoapOption.BLOCK2);
  }

  /** Sends one block of a body. */
  private CoapMessage put(byte[] body, int number, int exponent, CoapOption... more) {
    int size = BlockOption.sizeOf(exponent);
    int end = Math.min(body.length, (number + 1) * size);
    CoapOption[] options = Arrays.copyOf(more, more.length + 2);
    options[more.length] = block1(number, end < body.length, exponent);
    options[more.length + 1] = path("up");
    return peer.asks(
        CoapCode.PUT, 1, Body.of(Arrays.copyOfRange(body, number * size, end)), options);
  }

  // ---- to us

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 1023, 1024, 1025, 2048, 5000, 100_000})
  void aBodyInBlocksReachesTheResourceWhole(int length) {
    peer.answering(CoapAnswer.of(CoapCode.CHANGED));
    byte[] body = bytes(length);
    int blocks = (length + 1023) / 1024;
    for (int i = 0; i < blocks; i++) {
      CoapMessage answer = put(body, i, 6);
      boolean isLast = i == blocks - 1;
      assertThat(answer.code()).isEqualTo(isLast ? CoapCode.CHANGED : CoapCode.CONTINUE);
      assertThat(BlockOption.in(answer.options(), CoapOption.BLOCK1))
          .isEqualTo(new BlockOption(i, !isLast, 6));
    }
    assertThat(peer.requests).hasSize(1);
    assertThat(peer.requests.getFirst().payload()).isEqualTo(Body.of(body));
    assertThat(peer.budget.used()).isZero();
  }

  @Test
  void aGapIsIncomplete() {
    byte[] body = bytes(5_000);
    put(body, 0, 6);
    assertThat(put(body, 2, 6).code()).isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
    assertThat(put(body, 1, 6).code()).as("it goes on").isEqualTo(CoapCode.CONTINUE);
  }

  @Test
  void aBlockWithoutTheFirstIsIncomplete() {
    assertThat(put(bytes(5_000), 3, 6).code()).isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
    assertThat(put(bytes(1_500), 1, 6).code()).isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
    assertThat(peer.requests).isEmpty();
  }

  @Test
  void aBlockThatComesAgainUnderAnotherMessageIdIsTakenOnce() {
    peer.answering(CoapAnswer.of(CoapCode.CHANGED));
    byte[] body = bytes(3_000);
    put(body, 0, 6);
    put(body, 1, 6);
    assertThat(put(body, 1, 6).code()).isEqualTo(CoapCode.CONTINUE);
    assertThat(put(body, 2, 6).code()).isEqualTo(CoapCode.CHANGED);
    assertThat(peer.requests.getFirst().payload()).isEqualTo(Body.of(body));
  }

  @Test
  void beginningAnewForgetsWhatWasThere() {
    peer.answering(CoapAnswer.of(CoapCode.CHANGED));
    put(bytes(3_000), 0, 6);
    byte[] other = bytes(2_000);
    put(other, 0, 6);
    put(other, 1, 6);
    assertThat(peer.requests.getFirst().payload()).isEqualTo(Body.of(other));
    assertThat(peer.budget.used()).isZero();
  }

  @Test
  void weAskForSmallerBlocksAndTheClientGoesOnWithThem() {
    TestPeer small = new TestPeer(true, Map.of("block-size", 256));
    small.answering(CoapAnswer.of(CoapCode.CHANGED));
    byte[] body = bytes(1_400);
    CoapMessage first =
        small.asks(CoapCode.PUT, 1, Body.of(Arrays.copyOf(body, 1024)), block1(0, true, 6));
    assertThat(BlockOption.in(first.options(), CoapOption.BLOCK1))
        .isEqualTo(new BlockOption(0, true, 4));
    CoapMessage second =
        small.asks(
            CoapCode.PUT, 1, Body.of(Arrays.copyOfRange(body, 1024, 1280)), block1(4, true, 4));
    assertThat(second.code()).isEqualTo(CoapCode.CONTINUE);
    small.asks(CoapCode.PUT, 1, Body.of(Arrays.copyOfRange(body, 1280, 1400)), block1(5, false, 4));
    assertThat(small.requests.getFirst().payload()).isEqualTo(Body.of(body));
  }

  @Test
  void aBodyBeyondTheLimitIsTooLargeAndTheLimitIsTold() {
    TestPeer small = new TestPeer(true, Map.of("max-body-size", 2_048));
    CoapMessage announced =
        small.asks(
            CoapCode.PUT,
            1,
            Body.of(bytes(1024)),
            block1(0, true, 6),
            CoapOption.of(CoapOption.SIZE1, 2_049));
    assertThat(announced.code()).isEqualTo(CoapCode.REQUEST_ENTITY_TOO_LARGE);
    assertThat(unsigned(announced, CoapOption.SIZE1)).isEqualTo(2_048);
    small.asks(CoapCode.PUT, 1, Body.of(bytes(1024)), block1(0, true, 6));
    small.asks(CoapCode.PUT, 1, Body.of(bytes(1024)), block1(1, true, 6));
    CoapMessage third = small.asks(CoapCode.PUT, 1, Body.of(bytes(1)), block1(2, false, 6));
    assertThat(third.code()).isEqualTo(CoapCode.REQUEST_ENTITY_TOO_LARGE);
    assertThat(small.budget.used()).as("nothing is kept of it").isZero();
  }

  @Test
  void aBlockOfAnotherSizeThanItSaysIsBad() {
    assertThat(peer.asks(CoapCode.PUT, 1, Body.of(bytes(1000)), block1(0, true, 6)).code())
        .isEqualTo(CoapCode.BAD_REQUEST);
    assertThat(peer.asks(CoapCode.PUT, 1, Body.of(bytes(1024)), block1(0, true, 7)).code())
        .as("several blocks at once are for TCP")
        .isEqualTo(CoapCode.BAD_REQUEST);
    assertThat(peer.gets(block2(0, 7)).code()).isEqualTo(CoapCode.BAD_REQUEST);
  }

  @Test
  void bodiesToOneResourceAreToldApartByTheirTag() {
    peer.answering(CoapAnswer.of(CoapCode.CHANGED));
    byte[] one = bytes(2_000);
    byte[] two = bytes(1_500);
    CoapOption tagOne = CoapOption.of(CoapOption.REQUEST_TAG, "1");
    CoapOption tagTwo = CoapOption.of(CoapOption.REQUEST_TAG, "2");
    put(one, 0, 6, tagOne);
    put(two, 0, 6, tagTwo);
    put(one, 1, 6, tagOne);
    put(two, 1, 6, tagTwo);
    assertThat(peer.requests)
        .extracting(CoapRequest::payload)
        .containsExactly(Body.of(one), Body.of(two));
  }

  @Test
  void bodiesUnderwayAreBoundedForAPeerAndForTheNode() {
    for (int i = 0; i < 20; i++) {
      CoapOption tag = CoapOption.of(CoapOption.REQUEST_TAG, "t" + i);
      assertThat(put(bytes(2_000), 0, 6, tag).code()).isEqualTo(CoapCode.CONTINUE);
    }
    assertThat(peer.budget.used()).as("and their paths").isEqualTo(8 * (1024 + 2));
    TestPeer poor = new TestPeer(true, Map.of(), new ReassemblyBudget(1_500));
    poor.asks(CoapCode.PUT, 1, Body.of(bytes(1024)), block1(0, true, 6));
    CoapMessage refused = poor.asks(CoapCode.PUT, 1, Body.of(bytes(1024)), block1(1, true, 6));
    assertThat(refused.code()).isEqualTo(CoapCode.SERVICE_UNAVAILABLE);
    assertThat(unsigned(refused, CoapOption.MAX_AGE)).isPositive();
    assertThat(poor.budget.used()).isZero();
  }

  @Test
  void aBodyThatIsNotGoneOnWithIsGivenUp() {
    peer.isHolding = true;
    put(bytes(5_000), 0, 6);
    assertThat(peer.budget.used()).isEqualTo(1024 + 2);
    peer.session.pass(250_000);
    assertThat(peer.budget.used()).isZero();
    assertThat(put(bytes(5_000), 1, 6).code()).isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
  }

  @Test
  void aPeerThatGoesGivesItsMemoryBack() {
    put(bytes(5_000), 0, 6);
    peer.session.disconnect();
    assertThat(peer.budget.used()).isZero();
  }

  // ---- from us

  /** Fetches a body block by block, as a client does. */
  private byte[] fetch(TestPeer from, int exponent, boolean isNegotiated) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    CoapMessage answer = isNegotiated ? from.gets(block2(0, exponent)) : from.gets();
    CoapOption tag = CoapRequest.first(answer.options(), CoapOption.ETAG);
    while (true) {
      assertThat(answer.code()).isEqualTo(CoapCode.CONTENT);
      body.writeBytes(answer.payload().toByteArray());
      BlockOption block = BlockOption.in(answer.options(), CoapOption.BLOCK2);
      if (block == null || !block.isMore()) {
        return body.toByteArray();
      }
      assertThat(CoapRequest.first(answer.options(), CoapOption.ETAG)).isEqualTo(tag);
      answer = from.gets(block2(body.size() / block.size(), block.sizeExponent()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1024, 1025, 2048, 10_000})
  void aLongBodyIsFetchedInBlocksOfOneState(int length) {
    byte[] body = bytes(length);
    peer.answering(content(Body.of(body)));
    assertThat(fetch(peer, 6, false)).isEqualTo(body);
    assertThat(fetch(peer, 4, true)).isEqualTo(body);
    assertThat(peer.requests).as("asked once for each body").hasSize(2);
  }

  @Test
  void theBodyStaysTheOneWhoseFirstBlockWasSent() {
    byte[] old = bytes(3_000);
    peer.answering(content(Body.of(old)));
    CoapMessage first = peer.gets();
    peer.answering(content(Body.of(bytes(4_000))));
    CoapMessage second = peer.gets(block2(1, 6));
    assertThat(second.payload()).isEqualTo(Body.of(Arrays.copyOfRange(old, 1024, 2048)));
    CoapMessage anew = peer.gets();
    assertThat(CoapRequest.first(anew.options(), CoapOption.ETAG))
        .isNotEqualTo(CoapRequest.first(first.options(), CoapOption.ETAG));
    assertThat(unsigned(anew, CoapOption.SIZE2)).isEqualTo(4_000);
  }

  @Test
  void theResourcesOwnTagIsKept() {
    CoapOption tag = CoapOption.of(CoapOption.ETAG, "v1");
    peer.answering(new CoapAnswer(CoapCode.CONTENT, java.util.List.of(tag), Body.of(bytes(3_000))));
    assertThat(CoapRequest.first(peer.gets().options(), CoapOption.ETAG)).isEqualTo(tag);
    assertThat(CoapRequest.first(peer.gets(block2(2, 6)).options(), CoapOption.ETAG))
        .isEqualTo(tag);
  }

  @Test
  void theClientMayChangeToSmallerBlocksUnderway() {
    byte[] body = bytes(3_000);
    peer.answering(content(Body.of(body)));
    peer.gets();
    CoapMessage small = peer.gets(block2(8, 3));
    assertThat(small.payload()).isEqualTo(Body.of(Arrays.copyOfRange(body, 1024, 1152)));
    assertThat(BlockOption.in(small.options(), CoapOption.BLOCK2))
        .isEqualTo(new BlockOption(8, true, 3));
  }

  @Test
  void aBlockBeyondTheEndIsBad() {
    peer.answering(content(Body.of(bytes(3_000))));
    peer.gets();
    assertThat(peer.gets(block2(3, 6)).code()).isEqualTo(CoapCode.BAD_REQUEST);
    assertThat(peer.gets(block2(1_000_000, 6)).code()).isEqualTo(CoapCode.BAD_REQUEST);
  }

  @Test
  void aBlockOfABodyThatIsNotKeptIsAskedForAgainWhereThatIsSafe() {
    byte[] body = bytes(3_000);
    peer.answering(content(Body.of(body)));
    assertThat(peer.gets(block2(1, 6)).payload())
        .isEqualTo(Body.of(Arrays.copyOfRange(body, 1024, 2048)));
    assertThat(peer.asks(CoapCode.POST, 1, Body.EMPTY, block2(1, 6)).code())
        .isEqualTo(CoapCode.REQUEST_ENTITY_INCOMPLETE);
    assertThat(peer.requests).hasSize(1);
  }

  @Test
  void aBodyOfARequestAndOneOfItsAnswerMayBothBeInBlocks() {
    byte[] answer = bytes(2_500);
    peer.answering(new CoapAnswer(CoapCode.CHANGED, java.util.List.of(), Body.of(answer)));
    byte[] body = bytes(1_500);
    put(body, 0, 6);
    CoapMessage last = put(body, 1, 6);
    assertThat(BlockOption.in(last.options(), CoapOption.BLOCK1))
        .isEqualTo(new BlockOption(1, false, 6));
    assertThat(BlockOption.in(last.options(), CoapOption.BLOCK2))
        .isEqualTo(new BlockOption(0, true, 6));
    CoapMessage rest = peer.asks(CoapCode.PUT, 1, Body.EMPTY, path("up"), block2(2, 6));
    assertThat(rest.payload()).isEqualTo(Body.of(Arrays.copyOfRange(answer, 2048, 2500)));
    assertThat(peer.requests).hasSize(1);
  }

  @Test
  void theClientIsToldTheSizeWhenItAsks() {
    peer.answering(content("short"));
    assertThat(unsigned(peer.gets(CoapOption.of(CoapOption.SIZE2, 0)), CoapOption.SIZE2))
        .isEqualTo(5);
    assertThat(unsigned(peer.gets(), CoapOption.SIZE2)).isEqualTo(-1);
  }

  @Test
  void anErrorIsNotCut() {
    peer.answering(CoapAnswer.error(CoapCode.NOT_FOUND, "no such topic"));
    CoapMessage answer = peer.says(con(9, CoapCode.GET, 1, block2(2, 6))).getFirst();
    assertThat(answer.code()).isEqualTo(CoapCode.NOT_FOUND);
    assertThat(answer.payload().toUtf8()).isEqualTo("no such topic");
  }

  @Test
  void whatDescribesABodyUnderwayCountsLikeIt() {
    ReassemblyBudget budget = new ReassemblyBudget(1_000);
    TestPeer peer = new TestPeer(true, Map.of(), budget);
    CoapOption first = new BlockOption(0, true, 0).as(CoapOption.BLOCK1);
    CoapOption long_ = CoapOption.of(CoapOption.PROPERTY, "x".repeat(900));
    assertThat(peer.asks(CoapCode.PUT, 1, Body.of(new byte[16]), first, long_).code())
        .isEqualTo(CoapCode.CONTINUE);
    assertThat(budget.used()).isEqualTo(916);
    assertThat(peer.asks(CoapCode.POST, 1, Body.of(new byte[16]), first, long_).code())
        .isEqualTo(CoapCode.SERVICE_UNAVAILABLE);
    peer.session.disconnect();
    assertThat(budget.used()).isZero();
  }

  @Test
  void bodiesWhoseRestMayBeAskedForAreBoundedAndGivenBack() {
    TestPeer peer = new TestPeer();
    for (int i = 0; i < 10; i++) {
      peer.answering(content(Body.of(new byte[300_000])));
      peer.gets(path("p" + i));
      assertThat(peer.keptBudget.used()).isLessThanOrEqualTo(1 << 20);
    }
    assertThat(peer.keptBudget.used()).isEqualTo(3 * 300_002);
    peer.answering(content(Body.of(new byte[2 << 20])));
    CoapMessage first = peer.gets(path("huge"));
    assertThat(peer.keptBudget.used()).as("larger than all there is").isZero();
    CoapOption second = new BlockOption(1, false, 6).as(CoapOption.BLOCK2);
    CoapMessage next = peer.gets(path("huge"), second);
    assertThat(next.code()).isEqualTo(CoapCode.CONTENT);
    assertThat(CoapRequest.first(next.options(), CoapOption.ETAG))
        .isEqualTo(CoapRequest.first(first.options(), CoapOption.ETAG));
    peer.answering(content(Body.of(new byte[300_000])));
    peer.gets(path("p"));
    assertThat(peer.keptBudget.used()).isPositive();
    peer.session.disconnect();
    assertThat(peer.keptBudget.used()).isZero();
  }
}
