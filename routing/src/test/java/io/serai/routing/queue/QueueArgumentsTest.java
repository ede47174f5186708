package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.Result;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueArgumentsTest {
  private static Result<QueueArguments> parse(Value... arguments) {
    return QueueArguments.parse(
        "/", spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false, arguments));
  }

  private static Result<QueueArguments> quorum(
      Lifetime lifetime, boolean autoDelete, Value... more) {
    Value[] all = new Value[more.length + 2];
    all[0] = Value.of("x-queue-type");
    all[1] = Value.of("quorum");
    System.arraycopy(more, 0, all, 2, more.length);
    return QueueArguments.parse("/", spec("q", QueueKind.CLASSIC, lifetime, autoDelete, all));
  }

  private static QueueArguments parsed(Value... arguments) {
    return ShardHarness.ok(parse(arguments));
  }

  @Test
  void nothingDeclaredMeansNoLimits() {
    assertThat(parsed()).isEqualTo(QueueArguments.NONE);
  }

  @Test
  void everyIntegerTypeIsTaken() {
    Stream.<Value>of(
            new Value.Byte((byte) 60),
            new Value.UByte(60),
            new Value.Short((short) 60),
            new Value.UShort(60),
            new Value.Int(60),
            new Value.UInt(60),
            new Value.Long(60),
            new Value.ULong(60))
        .forEach(value ->
            assertThat(parsed(Value.of("x-message-ttl"), value).messageTtlMillis()).isEqualTo(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a=",
        "=3",
        "a=0",
        "a=256",
        "a=-1",
        "a=1,",
        "a=1,,b=2",
        "a#=1",
        "#/a=1",
        "a/b+=1"
      })
  void topicPrioritiesThatCannotBeReadAreRefused(String text) {
    assertThat(ShardHarness.refusal(parse(Value.of("x-topic-priorities"), Value.of(text))))
        .contains("invalid arg 'x-topic-priorities'", "found '");
  }

  @Test
  void allLimitsAreRead() {
    assertThat(
            parsed(
                Value.of("x-expires"),
                new Value.Int(5),
                Value.of("x-max-length"),
                new Value.Int(6),
                Value.of("x-max-length-bytes"),
                new Value.Long(7),
                Value.of("x-overflow"),
                Value.of("reject-publish"),
                Value.of("x-delivery-limit"),
                new Value.Int(8),
                Value.of("x-max-priority"),
                new Value.Int(9),
                Value.of("x-single-active-consumer"),
                new Value.Bool(true),
                Value.of("x-delayed-retry-type"),
                Value.of("all"),
                Value.of("x-delayed-retry-min"),
                new Value.Int(10),
                Value.of("x-delayed-retry-max"),
                new Value.Int(11),
                Value.of("x-delayed-retry-multiplier"),
                new Value.Int(12),
                Value.of("x-consumer-timeout"),
                new Value.Int(13)))
        .isEqualTo(
            new QueueArguments(
                false,
                null,
                -1,
                5,
                new QueueLimits(6, 7, Overflow.REJECT_PUBLISH),
                null,
                new DeliveryLimit(8),
                9,
                null,
                true,
                new RetrySchedule(10, 11, 12),
                13,
                null,
                null));
  }

  @Test
  void whereDeadLettersGoIsRead() {
    assertThat(parsed(Value.of("x-dead-letter-exchange"), Value.of("")).deadLetters())
        .isEqualTo(DeadLetterTarget.of("", null, false, false));
    assertThat(
            parsed(
                    Value.of("x-dead-letter-routing-key"),
                    Value.of("dead"),
                    Value.of("x-dead-letter-exchange"),
                    Value.of("dlx"),
                    Value.of("x-overflow"),
                    Value.of("reject-publish-dlx"),
                    Value.of("x-dead-letter-strategy"),
                    Value.of("at-least-once"))
                .deadLetters())
        .isEqualTo(DeadLetterTarget.of("dlx", "dead", true, true));
  }

  @Test
  void aQuorumQueueHasADeliveryLimitOfTwentyUnlessItSaysOtherwise() {
    var quorum = ShardHarness.ok(quorum(Lifetime.DURABLE, false));
    assertThat(quorum.isQuorum()).isTrue();
    assertThat(quorum.deliveryLimit()).isEqualTo(new DeliveryLimit(20));
    assertThat(
            ShardHarness.ok(
                    quorum(
                        Lifetime.DURABLE,
                        false,
                        Value.of("x-quorum-initial-group-size"),
                        new Value.Int(3),
                        Value.of("x-max-in-memory-length"),
                        new Value.Int(0),
                        Value.of("x-delivery-limit"),
                        new Value.Int(-1)))
                .deliveryLimit())
        .isEqualTo(new DeliveryLimit(Integer.MAX_VALUE));
  }

  @Test
  void aQuorumQueueThatWouldRefuseToItsDeadLetterExchangeDropsItsHead() {
    var quorum =
        ShardHarness.ok(
            quorum(
                Lifetime.DURABLE, false, Value.of("x-overflow"), Value.of("reject-publish-dlx")));
    assertThat(quorum.limits().overflow()).isEqualTo(Overflow.DROP_HEAD);
  }

  @Test
  void aQuorumQueueMustOutliveItsConnection() {
    assertThat(ShardHarness.refusal(quorum(Lifetime.TRANSIENT, false)))
        .isEqualTo("PRECONDITION_FAILED invalid property 'non-durable' for queue 'q' in vhost '/'");
    assertThat(ShardHarness.refusal(quorum(Lifetime.EXCLUSIVE, false)))
        .isEqualTo(
            "PRECONDITION_FAILED invalid property 'exclusive-owner' for queue 'q' in vhost '/'");
    assertThat(ShardHarness.refusal(quorum(Lifetime.DURABLE, true)))
        .isEqualTo("PRECONDITION_FAILED invalid property 'auto-delete' for queue 'q' in vhost '/'");
  }

  @Test
  void argumentsOfAnotherQueueTypeAreRefused() {
    assertThat(
            ShardHarness.refusal(
                quorum(Lifetime.DURABLE, false, Value.of("x-max-priority"), new Value.Int(5))))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg 'x-max-priority' for queue 'q' in vhost '/' of queue"
                + " type rabbit_quorum_queue");
    assertThat(ShardHarness.refusal(parse(Value.of("x-max-age"), Value.of("1h"))))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg 'x-max-age' for queue 'q' in vhost '/' of queue type"
                + " rabbit_classic_queue");
  }

  @Test
  void whatClientsSendWithoutEffectHereIsTaken() {
    parsed(
        Value.of("x-queue-type"),
        Value.of("classic"),
        Value.of("x-queue-mode"),
        Value.of("lazy"),
        Value.of("x-queue-version"),
        new Value.Int(2),
        Value.of("x-queue-master-locator"),
        Value.of("client-local"),
        Value.of("x-mesage-ttl"),
        Value.of("no such argument"),
        Value.of("owner"),
        Value.of("billing"));
  }

  static Stream<Arguments> refused() {
    Value negative = new Value.Int(-1);
    Value zero = new Value.Int(0);
    Value text = Value.of("60000");
    return Stream.of(
        Arguments.of("x-message-ttl", negative, "{value_negative,-1}"),
        Arguments.of("x-message-ttl", text, "\"expected integer, got longstr\""),
        Arguments.of("x-message-ttl", new Value.Double(1), "\"expected integer, got double\""),
        Arguments.of(
            "x-message-ttl",
            new Value.Decimal(BigDecimal.ONE, 32),
            "\"expected integer, got decimal\""),
        Arguments.of(
            "x-message-ttl", new Value.Long(3_153_600_000_001L), "{value_too_large,3153600000001}"),
        Arguments.of("x-max-length", new Value.ULong(-1), "{value_too_large,18446744073709551615}"),
        Arguments.of("x-expires", zero, "{value_zero,0}"),
        Arguments.of("x-expires", negative, "{value_negative,-1}"),
        Arguments.of("x-max-length", negative, "{value_negative,-1}"),
        Arguments.of("x-max-length-bytes", new Value.Bool(true), "\"expected integer, got bool\""),
        Arguments.of("x-overflow", Value.of("drop-middle"), "invalid_overflow"),
        Arguments.of("x-overflow", zero, "{unacceptable_type,signedint}"),
        Arguments.of("x-queue-mode", Value.of("eager"), "\"unsupported queue mode 'eager'\""),
        Arguments.of("x-queue-version", zero, "\"unsupported queue version '0'\""),
        Arguments.of("x-queue-version", new Value.Int(3), "\"unsupported queue version '3'\""),
        Arguments.of("x-queue-version", text, "\"expected integer, got longstr\""),
        Arguments.of("x-queue-type", Value.of("blue"), "\"unsupported queue type 'blue'\""),
        Arguments.of("x-dead-letter-routing-key", zero, "{unacceptable_type,signedint}"),
        Arguments.of(
            "x-dead-letter-routing-key", Value.of("dead"), "routing_key_but_no_dlx_defined"),
        Arguments.of("x-dead-letter-strategy", Value.of("twice"), "invalid_dlx_strategy"),
        Arguments.of("x-delivery-limit", text, "\"expected integer, got longstr\""),
        Arguments.of("x-delivery-limit", new Value.Int(-2), "{value_negative,-2}"),
        Arguments.of(
            "x-delayed-retry-type",
            Value.of("some"),
            "\"expected all, failed, returned or disabled, got 'some'\""),
        Arguments.of(
            "x-cache-size", new Value.Int(1_000_001), "\"expected at most 1000000, got 1000001\""),
        Arguments.of("x-max-priority", new Value.Int(256), "{max_value_exceeded,256}"),
        Arguments.of("x-max-priority", negative, "{value_negative,-1}"),
        Arguments.of("x-single-active-consumer", text, "{unacceptable_type,longstr}"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeMeantIsRefusedInRabbitMqsWords(String name, Value value, String why) {
    assertThat(ShardHarness.refusal(parse(Value.of(name), value)))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg '" + name + "' for queue 'q' in vhost '/': " + why);
  }

  @Test
  void aDeadLetterExchangeThatIsNoTextIsRefusedAsTheOneNameOfAnother() {
    assertThat(ShardHarness.refusal(parse(Value.of("x-dead-letter-exchange"), new Value.Int(5))))
        .isEqualTo(
            "PRECONDITION_FAILED invalid type 'signedint' for arg 'x-dead-letter-exchange' in"
                + " queue 'q' in vhost '/'");
  }

  @Test
  void aRefusedQueueDoesNotExist() {
    var shard = new ShardHarness();
    var bad =
        spec(
            "q",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            false,
            Value.of("x-expires"),
            new Value.Int(0));
    var create = new ShardCall.CreateQueue("/", bad, null);
    assertThat(ShardHarness.refusal(shard.call(create))).contains("x-expires");
    assertThat(shard.shard.queueCount()).isZero();
  }
}
