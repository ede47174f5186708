package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.Result;
import io.serai.model.Value;
import io.serai.routing.stream.StreamSettings;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamArgumentsTest {
  private static Result<QueueArguments> parse(
      Lifetime lifetime, boolean autoDelete, Value... more) {
    Value[] all = new Value[more.length + 2];
    all[0] = Value.of("x-queue-type");
    all[1] = Value.of("stream");
    System.arraycopy(more, 0, all, 2, more.length);
    return QueueArguments.parse(
        "/", ShardHarness.spec("s", QueueKind.CLASSIC, lifetime, autoDelete, all));
  }

  private static Result<QueueArguments> parse(Value... more) {
    return parse(Lifetime.DURABLE, false, more);
  }

  @Test
  void everyArgumentOfAStreamIsRead() {
    var all =
        parse(
            Value.of("x-max-age"),
            Value.of("7D"),
            Value.of("x-max-length-bytes"),
            new Value.Long(20_000_000_000L),
            Value.of("x-stream-max-segment-size-bytes"),
            new Value.Int(100_000_000),
            Value.of("x-stream-filter-size-bytes"),
            new Value.Int(32),
            Value.of("x-initial-cluster-size"),
            new Value.Int(3),
            Value.of("x-queue-leader-locator"),
            Value.of("balanced"));
    assertThat(ShardHarness.ok(all).stream())
        .isEqualTo(new StreamSettings(7 * 86_400_000L, 20_000_000_000L, 100_000_000, 32));
    assertThat(ShardHarness.ok(parse()).stream()).isEqualTo(StreamSettings.DEFAULT);
  }

  @Test
  void aStreamMustOutliveItsConnection() {
    assertThat(ShardHarness.refusal(parse(Lifetime.TRANSIENT, false)))
        .isEqualTo("PRECONDITION_FAILED invalid property 'non-durable' for queue 's' in vhost '/'");
    assertThat(ShardHarness.refusal(parse(Lifetime.EXCLUSIVE, false)))
        .isEqualTo(
            "PRECONDITION_FAILED invalid property 'exclusive-owner' for queue 's' in vhost '/'");
    assertThat(ShardHarness.refusal(parse(Lifetime.DURABLE, true)))
        .isEqualTo("PRECONDITION_FAILED invalid property 'auto-delete' for queue 's' in vhost '/'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-message-ttl",
        "x-expires",
        "x-max-length",
        "x-overflow",
        "x-dead-letter-exchange",
        "x-delivery-limit",
        "x-max-priority",
        "x-single-active-consumer",
        "x-queue-mode",
        "x-quorum-initial-group-size"
      })
  void whatOtherQueuesHaveIsRefused(String argument) {
    assertThat(ShardHarness.refusal(parse(Value.of(argument), new Value.Int(1))))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg '%s' for queue 's' in vhost '/' of queue type"
                    .formatted(argument)
                + " rabbit_stream_queue");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x-max-age", "x-stream-max-segment-size-bytes", "x-stream-filter-size-bytes"})
  void otherQueuesRefuseWhatStreamsHave(String argument) {
    var spec =
        ShardHarness.spec(
            "q",
            QueueKind.CLASSIC,
            Lifetime.DURABLE,
            false,
            Value.of("x-queue-type"),
            Value.of("quorum"),
            Value.of(argument),
            new Value.Int(20));
    assertThat(ShardHarness.refusal(QueueArguments.parse("/", spec)))
        .endsWith("of queue type rabbit_quorum_queue");
  }

  static Stream<Arguments> refused() {
    String of = " for queue 's' in vhost '/': ";
    return Stream.of(
        Arguments.of(
            "x-max-age", Value.of("soon"), "invalid arg 'x-max-age'" + of + "invalid_max_age"),
        Arguments.of(
            "x-max-age", Value.of("7d"), "invalid arg 'x-max-age'" + of + "invalid_max_age"),
        Arguments.of(
            "x-max-length-bytes",
            new Value.Int(-1),
            "invalid arg 'x-max-length-bytes'" + of + "{value_negative,-1}"),
        Arguments.of(
            "x-stream-max-segment-size-bytes",
            new Value.Long(3_000_000_001L),
            "Exceeded max value for x-stream-max-segment-size-bytes"),
        Arguments.of(
            "x-stream-filter-size-bytes",
            new Value.Int(15),
            "Invalid value for  x-stream-filter-size-bytes"),
        Arguments.of(
            "x-stream-filter-size-bytes",
            new Value.Int(256),
            "Invalid value for  x-stream-filter-size-bytes"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeMeantIsRefusedInRabbitMqsWords(String name, Value value, String text) {
    assertThat(ShardHarness.refusal(parse(Value.of(name), value)))
        .isEqualTo("PRECONDITION_FAILED " + text);
  }
}
