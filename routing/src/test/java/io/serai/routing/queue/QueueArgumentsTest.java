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

class QueueArgumentsTest {
  private static Result<QueueArguments> parse(Value... arguments) {
    return QueueArguments.parse(
        "/", spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false, arguments));
  }

  private static QueueArguments parsed(Value... arguments) {
    return ShardHarness.ok(parse(arguments));
  }

  @Test
  void nothingDeclaredMeansNoLimits() {
    assertThat(parsed()).isEqualTo(new QueueArguments(-1, -1, QueueLimits.NONE));
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
                Value.of("reject-publish")))
        .isEqualTo(new QueueArguments(-1, 5, new QueueLimits(6, 7, Overflow.REJECT_PUBLISH)));
  }

  @Test
  void whatClientsSendWithoutEffectHereIsTaken() {
    parsed(
        Value.of("x-queue-type"),
        Value.of("classic"),
        Value.of("x-queue-mode"),
        Value.of("lazy"),
        Value.of("x-queue-master-locator"),
        Value.of("client-local"),
        Value.of("owner"),
        Value.of("billing"));
  }

  static Stream<Arguments> refused() {
    Value negative = new Value.Int(-1);
    Value zero = new Value.Int(0);
    Value text = Value.of("60000");
    return Stream.of(
        Arguments.of("x-message-ttl", negative, "{value_negative,-1}"),
        Arguments.of("x-message-ttl", text, "{unacceptable_type,longstr}"),
        Arguments.of("x-message-ttl", new Value.Double(1), "{unacceptable_type,double}"),
        Arguments.of(
            "x-message-ttl", new Value.Decimal(BigDecimal.ONE, 32), "{unacceptable_type,decimal}"),
        Arguments.of("x-message-ttl", new Value.Long(4_294_967_296L), "{value_too_big,4294967296}"),
        Arguments.of("x-max-length", new Value.ULong(-1), "{value_too_big,18446744073709551615}"),
        Arguments.of("x-expires", zero, "{value_zero,0}"),
        Arguments.of("x-expires", negative, "{value_negative,-1}"),
        Arguments.of("x-max-length", negative, "{value_negative,-1}"),
        Arguments.of("x-max-length-bytes", new Value.Bool(true), "{unacceptable_type,bool}"),
        Arguments.of("x-overflow", Value.of("drop-tail"), "invalid_overflow"),
        Arguments.of("x-overflow", zero, "{unacceptable_type,signedint}"),
        Arguments.of("x-queue-mode", Value.of("eager"), "invalid_queue_mode"),
        Arguments.of("x-queue-type", Value.of("quorum"), "\"unsupported queue type 'quorum'\""),
        Arguments.of("x-dead-letter-exchange", Value.of("dlx"), "not supported yet"),
        Arguments.of("x-max-priority", new Value.Int(5), "not supported yet"),
        Arguments.of("x-single-active-consumer", new Value.Bool(true), "not supported yet"),
        Arguments.of("x-overflow", Value.of("reject-publish-dlx"), "not supported yet"),
        Arguments.of("x-mesage-ttl", new Value.Int(5), "unknown argument"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeMeantIsRefusedInRabbitMqsWords(String name, Value value, String why) {
    assertThat(ShardHarness.refusal(parse(Value.of(name), value)))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg '" + name + "' for queue 'q' in vhost '/': " + why);
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
    var create = new ShardCall.CreateQueue("/", bad, ShardHarness.session(1));
    assertThat(ShardHarness.refusal(shard.call(create))).contains("x-expires");
    assertThat(shard.shard.queueCount()).isZero();
  }
}
