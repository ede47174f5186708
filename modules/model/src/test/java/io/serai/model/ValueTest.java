package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValueTest {
  static Stream<Arguments> wholeNumbers() {
    return Stream.of(
        Arguments.of(new Value.Byte((byte) -128), "-128"),
        Arguments.of(new Value.UByte(255), "255"),
        Arguments.of(new Value.Short(Short.MIN_VALUE), "-32768"),
        Arguments.of(new Value.UShort(65_535), "65535"),
        Arguments.of(new Value.Int(Integer.MIN_VALUE), "-2147483648"),
        Arguments.of(new Value.UInt(4_294_967_295L), "4294967295"),
        Arguments.of(new Value.Long(Long.MIN_VALUE), "-9223372036854775808"),
        Arguments.of(new Value.ULong(-1), "18446744073709551615"));
  }

  @ParameterizedTest
  @MethodSource("wholeNumbers")
  void aWholeNumberIsTheSameWhateverItsWidth(Value value, String number) {
    assertThat(value.wholeNumber()).isEqualTo(number);
    assertThat(value.exactNumber()).isEqualTo(number);
  }

  @Test
  void aDecimalIsExactAndNoWholeNumber() {
    Value value = new Value.Decimal(new BigDecimal("2.50"), 32);
    assertThat(value.exactNumber()).isEqualTo("2.50");
    assertThat(value.wholeNumber()).isNull();
  }

  @Test
  void whatReadsLikeANumberIsNone() {
    for (Value value :
        List.of(
            Value.of("1"),
            new Value.Symbol("1"),
            new Value.Double(1),
            new Value.Float(1),
            new Value.Char('1'),
            new Value.Timestamp(1),
            Value.NULL)) {
      assertThat(value.exactNumber()).isNull();
      assertThat(value.wholeNumber()).isNull();
    }
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of(Value.NULL, ""),
        Arguments.of(new Value.Bool(true), "true"),
        Arguments.of(new Value.Byte((byte) -1), "-1"),
        Arguments.of(new Value.UByte(255), "255"),
        Arguments.of(new Value.Short((short) -2), "-2"),
        Arguments.of(new Value.UShort(65_535), "65535"),
        Arguments.of(new Value.Int(-3), "-3"),
        Arguments.of(new Value.UInt(4_294_967_295L), "4294967295"),
        Arguments.of(new Value.Long(-4), "-4"),
        Arguments.of(new Value.ULong(-1), "18446744073709551615"),
        Arguments.of(new Value.Float(1.5f), "1.5"),
        Arguments.of(new Value.Double(-0.25), "-0.25"),
        Arguments.of(new Value.Decimal(new BigDecimal("1E+3"), 32), "1000"),
        Arguments.of(new Value.Char(0x1F600), "😀"),
        Arguments.of(new Value.Timestamp(1_000), "1970-01-01T00:00:01Z"),
        Arguments.of(new Value.Uuid(new UUID(0, 1)), "00000000-0000-0000-0000-000000000001"),
        Arguments.of(new Value.Binary(new byte[] {0, (byte) 0xff}), "00ff"),
        Arguments.of(Value.of("käse"), "käse"),
        Arguments.of(new Value.Symbol("amqp:x"), "amqp:x"),
        Arguments.of(
            new Value.ListOf(List.of(Value.of("a\"b"), new Value.Int(1), Value.NULL)),
            "[\"a\\\"b\",1,null]"),
        Arguments.of(
            new Value.ArrayOf(List.of(new Value.Bool(false), new Value.Bool(true))),
            "[false,true]"),
        Arguments.of(
            new Value.MapOf(
                List.of(
                    new Value.Entry(Value.of("k"), new Value.ListOf(List.of())),
                    new Value.Entry(Value.of("s"), new Value.Symbol("v")))),
            "{\"k\":[],\"s\":\"v\"}"),
        Arguments.of(
            new Value.MapOf(List.of(new Value.Entry(new Value.Int(1), new Value.Int(2)))),
            "{\"1\":2}"),
        Arguments.of(
            new Value.ListOf(List.of(Value.of("a\nb\t\u0001"), new Value.Double(Double.NaN))),
            "[\"a\\nb\\t\\u0001\",\"NaN\"]"),
        Arguments.of(
            new Value.ListOf(List.of(new Value.Described(new Value.Symbol("d"), new Value.Int(1)))),
            "[1]"),
        Arguments.of(new Value.Described(new Value.Symbol("d"), Value.of("in")), "in"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void everyValueHasOneLineOfText(Value value, String text) {
    assertThat(value.asText()).isEqualTo(text);
  }

  @Test
  void bytesAreComparedByContentAndNotShown() {
    var one = new Value.Binary(new byte[] {1, 2});

    assertThat(one).isEqualTo(new Value.Binary(new byte[] {1, 2}));
    assertThat(one).hasSameHashCodeAs(new Value.Binary(new byte[] {1, 2}));
    assertThat(one).isNotEqualTo(new Value.Binary(new byte[] {1, 3}));
    assertThat(one).hasToString("Binary[2 bytes]");
  }

  @Test
  void aCollectionDoesNotSeeLaterChanges() {
    List<Value> items = new ArrayList<>(List.of(new Value.Int(1)));
    var list = new Value.ListOf(items);
    items.add(new Value.Int(2));

    assertThat(list.items()).containsExactly(new Value.Int(1));
  }

  @Test
  void theSameNumberInAnotherTypeIsAnotherValue() {
    assertThat(new Value.Int(1)).isNotEqualTo(new Value.Long(1));
    assertThat(Value.of("a")).isNotEqualTo(new Value.Symbol("a"));
  }
}
