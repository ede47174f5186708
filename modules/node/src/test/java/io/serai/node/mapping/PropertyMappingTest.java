package io.serai.node.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.amqp.v091.Amqp091Native;
import io.serai.gateway.amqp.v10.Amqp10Native;
import io.serai.gateway.mqtt.MqttNative;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.node.mapping.MappingTable.Cell;
import io.serai.node.mapping.MappingTable.Row;
import io.serai.node.mapping.NativeProtocol.Field;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds every ordered pair of protocols to docs/protocols/mapping.md. */
class PropertyMappingTest {
  private static final List<NativeProtocol> PROTOCOLS =
      List.of(
          new Amqp091Native(),
          new Amqp10Native(),
          new MqttNative(false),
          new MqttNative(true),
          new StompNative(),
          new CoapNative(),
          new WampNative());

  /** The row that stands for each neutral property. */
  private static final Map<String, String> ROW_OF_PROPERTY =
      Map.ofEntries(
          Map.entry("contentType", "content type"),
          Map.entry("contentEncoding", "content encoding"),
          Map.entry("correlationId", "correlation id, text"),
          Map.entry("replyTo", "reply to a queue"),
          Map.entry("messageId", "message id"),
          Map.entry("expiryMillis", "expiry of one minute"),
          Map.entry("priority", "priority"),
          Map.entry("timestampMillis", "timestamp"),
          Map.entry("type", "type"),
          Map.entry("userId", "user id"),
          Map.entry("appId", "application id"),
          Map.entry("durable", "durable"));

  @TestFactory
  Stream<DynamicTest> aConsumerOfEveryProtocolIsToldWhatTheTableSays() throws IOException {
    return MappingTable.read().stream()
        .flatMap(row ->
            PROTOCOLS.stream()
                .filter(from -> !cell(row, from).published().isEmpty())
                .map(from ->
                    DynamicTest.dynamicTest(
                        row.table() + ", " + row.name() + ", from " + from.column(),
                        () -> checkAllTargets(row, from))));
  }

  private static void checkAllTargets(Row row, NativeProtocol from) {
    Message message = from.publish(cell(row, from).published());
    for (NativeProtocol to : PROTOCOLS) {
      if (to == from) {
        continue;
      }
      Cell wanted = cell(row, to);
      List<Field> told = to.delivered(message);
      if (wanted.isDropped()) {
        for (Field field : cell(row, from).published()) {
          String example = field.value().substring(field.value().lastIndexOf(' ') + 1);
          assertThat(told)
              .as("%s to %s drops %s", from.column(), to.column(), field)
              .noneMatch(line -> line.value().contains(example));
        }
      } else {
        assertTold(from.column() + " to " + to.column(), told, wanted.delivered());
      }
    }
  }

  /** Every wanted field is there; of a repeated name in this order. */
  private static void assertTold(String pair, List<Field> told, List<Field> wanted) {
    for (Field field : wanted) {
      assertThat(named(told, field.name()))
          .as("%s: %s in %s", pair, field, told)
          .containsSubsequence(named(wanted, field.name()));
    }
  }

  private static List<String> named(List<Field> fields, String name) {
    return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
  }

  @TestFactory
  Stream<DynamicTest> aConsumerOfThePublishersProtocolGetsTheSameBytes() throws IOException {
    return MappingTable.read().stream()
        .flatMap(row ->
            PROTOCOLS.stream()
                .filter(p -> !cell(row, p).published().isEmpty())
                .map(p ->
                    DynamicTest.dynamicTest(
                        row.table() + ", " + row.name() + ", " + p.column(),
                        () -> checkIdentity(row, p))));
  }

  private static void checkIdentity(Row row, NativeProtocol protocol) {
    List<Field> published = cell(row, protocol).published();
    Message message = protocol.publish(published);
    byte[] before = protocol.wire(message);
    // Whoever else has read it before.
    PROTOCOLS.forEach(other -> other.delivered(message));

    assertThat(protocol.wire(message)).isEqualTo(before);
    assertThat(protocol.wire(protocol.publish(published))).isEqualTo(before);
    List<Field> kept =
        published.stream()
            .filter(f -> !f.name().startsWith("Uri-Query") && !f.name().equals("Code"))
            .toList();
    assertTold(protocol.column(), protocol.delivered(message), kept);
  }

  @TestFactory
  Stream<DynamicTest> atTheEndOfARoundTripThePublishersFieldsAreBack() throws IOException {
    return MappingTable.read().stream()
        .flatMap(row ->
            PROTOCOLS.stream()
                .filter(p -> isBothWays(cell(row, p)))
                .map(p ->
                    DynamicTest.dynamicTest(
                        row.table() + ", " + row.name() + ", " + p.column(),
                        () -> checkRoundTrips(row, p))));
  }

  private static boolean isBothWays(Cell cell) {
    return !cell.published().isEmpty() && cell.published().equals(cell.delivered());
  }

  /** A client of the other protocol publishes what it was told. */
  private static void checkRoundTrips(Row row, NativeProtocol protocol) {
    Message message = protocol.publish(cell(row, protocol).published());
    for (NativeProtocol other : PROTOCOLS) {
      if (other == protocol || !isBothWays(cell(row, other))) {
        continue;
      }
      Message back = other.publish(other.delivered(message));
      assertTold(
          protocol.column() + " through " + other.column(),
          protocol.delivered(back),
          cell(row, protocol).delivered());
    }
  }

  @Test
  void everyNeutralPropertyHasItsRow() throws IOException {
    List<String> rows =
        MappingTable.read().stream()
            .filter(row -> row.table().equals("Typed properties"))
            .map(Row::name)
            .toList();
    List<String> properties =
        Arrays.stream(Properties.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList();

    assertThat(ROW_OF_PROPERTY.keySet()).containsExactlyInAnyOrderElementsOf(properties);
    assertThat(rows).containsAll(ROW_OF_PROPERTY.values()).doesNotHaveDuplicates();
  }

  @Test
  void everyRowSaysSomethingForEveryProtocol() throws IOException {
    List<String> columns = PROTOCOLS.stream().map(NativeProtocol::column).toList();

    assertThat(MappingTable.read())
        .hasSizeGreaterThan(60)
        .allSatisfy(row -> {
          assertThat(row.cells().keySet()).containsExactlyElementsOf(columns);
          assertThat(row.cells().values()).anyMatch(cell -> !cell.published().isEmpty());
        });
  }

  private static Cell cell(Row row, NativeProtocol protocol) {
    Cell cell = row.cells().get(protocol.column());
    if (cell == null) {
      throw new AssertionError(row.name() + " has no cell for " + protocol.column());
    }
    return cell;
  }
}
