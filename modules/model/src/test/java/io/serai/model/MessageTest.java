package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MessageTest {
  private static final Origin ORIGIN = new Origin("mqtt-5.0", "/", "joe", "sensor-7");

  private static Message message(long expiryMillis) {
    return new Message(
        Address.ofTopic(Topic.of("a/b", Spelling.SLASH)),
        new Encoding.Neutral(
            Properties.builder().expiryMillis(expiryMillis).priority(3).build(),
            Headers.of(Header.of("x", "1"))),
        Body.ofUtf8("hello"),
        ORIGIN,
        1_000);
  }

  @Test
  void aMessageIsConvertedOncePerTargetHoweverOftenItIsAsked() {
    AtomicInteger first = new AtomicInteger();
    AtomicInteger second = new AtomicInteger();
    Conversion<String> toText = m -> "text " + first.incrementAndGet();
    Conversion<Integer> toNumber = m -> second.incrementAndGet();
    Message message = message(-1);

    for (int i = 0; i < 10; i++) {
      assertThat(message.as(toText)).isEqualTo("text 1");
      assertThat(message.as(toNumber)).isEqualTo(1);
    }
  }

  @Test
  void twoConversionsOfOneKindAreTwoTargets() {
    Conversion<String> one = m -> "one";
    Conversion<String> two = m -> "two";
    Message message = message(-1);

    assertThat(message.as(one)).isEqualTo("one");
    assertThat(message.as(two)).isEqualTo("two");
    assertThat(message.as(one)).isEqualTo("one");
  }

  @Test
  void aMessageUnderAnotherAddressOrEncodingIsConvertedAfresh() {
    Conversion<String> key = m -> m.topic().spelled(Spelling.DOT) + m.headers().size();
    Message message = message(-1);
    assertThat(message.as(key)).isEqualTo("a.b1");

    assertThat(message.readdressed(Address.ofQueue("q")).as(key)).isEqualTo("q1");
    assertThat(message.reencoded(Encoding.Neutral.NONE).as(key)).isEqualTo("a.b0");
    assertThat(message.as(key)).isEqualTo("a.b1");
  }

  @Test
  void aCopyKeepsEverythingElse() {
    Message message = message(500);
    Message moved = message.readdressed(Address.ofQueue("q"));

    assertThat(moved.body()).isSameAs(message.body());
    assertThat(moved.encoding()).isSameAs(message.encoding());
    assertThat(moved.origin()).isSameAs(ORIGIN);
    assertThat(moved.receivedMillis()).isEqualTo(1_000);
    assertThat(moved.expiresAtMillis()).isEqualTo(1_500);
  }

  @Test
  void expiryCountsFromReceiving() {
    assertThat(message(0).expiresAtMillis()).isEqualTo(1_000);
    assertThat(message(250).expiresAtMillis()).isEqualTo(1_250);
    assertThat(message(-1).expiresAtMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(message(Long.MAX_VALUE).expiresAtMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theFirstHolderAndTheLastAreTold() {
    Message message = message(-1);

    assertThat(message.hold(2)).isTrue();
    assertThat(message.hold(1)).isFalse();
    assertThat(message.holderCount()).isEqualTo(3);
    assertThat(message.release()).isFalse();
    assertThat(message.release()).isFalse();
    assertThat(message.release()).isTrue();
    assertThat(message.hold(1)).isTrue();
  }

  @Test
  void itsTextTellsWhereAndHowMuchButNeverWhat() {
    assertThat(message(-1)).hasToString("Message[amq.topic a/b Body[5 bytes]]");
  }

  @Test
  void itsSizeCountsBodyAndEncoding() {
    assertThat(message(-1).sizeBytes()).isGreaterThan(5 + 64);
  }

  @Test
  void replyAddressesReachAQueueOrATopic() {
    Topic topic = Topic.of("reply/7", Spelling.SLASH);

    assertThat(new ReplyTo.Queue("amq.gen-1").address()).isEqualTo(Address.ofQueue("amq.gen-1"));
    assertThat(new ReplyTo.Queue("amq.gen-1").address().exchange()).isEmpty();
    assertThat(new ReplyTo.AtTopic(topic).address()).isEqualTo(Address.ofTopic(topic));
  }
}
