package io.serai.gateway.coap.resource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.serai.model.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SenML pack (RFC 8428), taken apart by the names of its records. Records come out resolved
 * (§4.6): what their base fields said of name, time, unit, value and sum is in each. Labels that
 * are not known stay as they are.
 */
final class SenmlPack {
  /** Records of a pack. */
  static final int MAX_RECORDS = 1_000;

  /** Characters of all names together, and of a unit: a base is repeated in every record. */
  static final int MAX_NAME_CHARS = 1 << 20;

  private static final int MAX_UNIT_CHARS = 64;

  private static final int MAX_EXPONENT = 400;
  private static final int MAX_DIGITS = 60;

  private static final JsonFactory JSON = new JsonFactory();
  private static final CBORFactory CBOR = new CBORFactory();

  /** CBOR's numbers of the labels (RFC 8428 §6). */
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("bver", -1),
          Map.entry("bn", -2),
          Map.entry("bt", -3),
          Map.entry("bu", -4),
          Map.entry("bv", -5),
          Map.entry("bs", -6),
          Map.entry("n", 0),
          Map.entry("u", 1),
          Map.entry("v", 2),
          Map.entry("vs", 3),
          Map.entry("vb", 4),
          Map.entry("s", 5),
          Map.entry("t", 6),
          Map.entry("ut", 7),
          Map.entry("vd", 8));

  private final boolean isCbor;
  private String baseName = "";
  private BigDecimal baseTime = BigDecimal.ZERO;
  private @Nullable Object baseUnit;
  private BigDecimal baseValue = BigDecimal.ZERO;
  private BigDecimal baseSum = BigDecimal.ZERO;
  private @Nullable Object version;
  private int nameChars;

  private SenmlPack(boolean isCbor) {
    this.isCbor = isCbor;
  }

  /**
   * One pack for each name, in the order in which names come first.
   *
   * @throws RequestException 4.00 when the body is no pack, or a record has no name
   */
  static Map<String, Body> byName(Body body, boolean isCbor) {
    SenmlPack pack = new SenmlPack(isCbor);
    Map<String, List<Map<String, Object>>> records = new LinkedHashMap<>();
    try (JsonParser in = (isCbor ? CBOR : JSON).createParser(body.toByteArray())) {
      pack.read(in, records);
      Map<String, Body> bodies = LinkedHashMap.newLinkedHashMap(records.size());
      for (Map.Entry<String, List<Map<String, Object>>> entry : records.entrySet()) {
        bodies.put(entry.getKey(), pack.written(entry.getValue()));
      }
      return bodies;
    } catch (IOException _) {
      throw RequestException.badRequest("malformed SenML");
    }
  }

  // ---- reading

  private void read(JsonParser in, Map<String, List<Map<String, Object>>> to) throws IOException {
    if (in.nextToken() != JsonToken.START_ARRAY) {
      throw RequestException.badRequest("expected a SenML pack: a list of records");
    }
    int count = 0;
    while (in.nextToken() == JsonToken.START_OBJECT) {
      if (++count > MAX_RECORDS) {
        throw RequestException.badRequest("a pack has at most " + MAX_RECORDS + " records");
      }
      Map<String, Object> record = resolved(fields(in));
      if (record != null) {
        String name = String.valueOf(record.get("n"));
        to.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(record);
      }
    }
    if (in.currentToken() != JsonToken.END_ARRAY || in.nextToken() != null || to.isEmpty()) {
      throw RequestException.badRequest("expected a SenML pack with at least one record");
    }
  }

  private Map<String, Object> fields(JsonParser in) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String label = label(in.currentName());
      Object value =
          switch (in.nextToken()) {
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> checked(label, in.getDecimalValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_EMBEDDED_OBJECT -> in.getBinaryValue();
            default -> throw RequestException.badRequest("SenML label " + label + " has no value");
          };
      if (fields.put(label, value) != null) {
        throw RequestException.badRequest("SenML label " + label + " is there twice");
      }
    }
    return fields;
  }

  /** A double's range: adding a base to a number beyond it would take memory without end. */
  private static BigDecimal checked(String label, BigDecimal number) {
    if (Math.abs(number.scale()) > MAX_EXPONENT || number.precision() > MAX_DIGITS) {
      throw RequestException.badRequest("SenML label " + label + " is a number out of range");
    }
    return number;
  }

  private String label(String written) {
    if (isCbor) {
      for (Map.Entry<String, Integer> known : NUMBERS.entrySet()) {
        if (known.getValue().toString().equals(written)) {
          return known.getKey();
        }
      }
    }
    if (written.endsWith("_") && !NUMBERS.containsKey(written)) {
      throw RequestException.badRequest( // RFC 8428 §4.4
          "SenML label " + written + " has to be understood, and is not");
    }
    return written;
  }

  // ---- resolving (§4.6)

  /** The record with what the base fields add; null when it has base fields only. */
  private @Nullable Map<String, Object> resolved(Map<String, Object> fields) {
    if (fields.remove("bn") instanceof String name) {
      baseName = name;
    }
    baseTime = takenOr(fields, "bt", baseTime);
    baseValue = takenOr(fields, "bv", baseValue);
    baseSum = takenOr(fields, "bs", baseSum);
    Object unit = fields.remove("bu");
    if (unit != null && !(unit instanceof String text && text.length() <= MAX_UNIT_CHARS)) {
      throw RequestException.badRequest("SenML label bu is no unit");
    }
    baseUnit = unit == null ? baseUnit : unit;
    Object saidVersion = fields.remove("bver");
    if (saidVersion != null && !(saidVersion instanceof BigDecimal)) {
      throw RequestException.badRequest("SenML label bver is no number");
    }
    version = saidVersion == null ? version : saidVersion;
    boolean hasValue =
        fields.containsKey("v")
            || fields.containsKey("vs")
            || fields.containsKey("vb")
            || fields.containsKey("vd")
            || fields.containsKey("s");
    if (!hasValue) {
      return null;
    }
    Map<String, Object> record = new LinkedHashMap<>();
    Object said = fields.remove("n");
    String own = said instanceof String text ? text : "";
    nameChars += baseName.length() + own.length();
    if (nameChars > MAX_NAME_CHARS) {
      throw RequestException.badRequest(
          "the names of a pack have at most " + MAX_NAME_CHARS + " characters");
    }
    String name = baseName + own;
    if (name.isEmpty()) {
      throw RequestException.badRequest("a SenML record has no name");
    }
    if (version != null) {
      record.put("bver", version);
    }
    record.put("n", name);
    record.putAll(fields);
    if (baseUnit != null) {
      record.putIfAbsent("u", baseUnit);
    }
    add("t", baseTime, record);
    if (record.containsKey("v")) {
      add("v", baseValue, record);
    }
    add("s", baseSum, record);
    return record;
  }

  private static BigDecimal takenOr(
      Map<String, Object> fields, String label, BigDecimal otherwise) {
    return fields.remove(label) instanceof BigDecimal number ? number : otherwise;
  }

  private static void add(String label, BigDecimal base, Map<String, Object> to) {
    if (base.signum() != 0) {
      to.merge(
          label,
          base,
          (own, more) -> own instanceof BigDecimal number ? number.add((BigDecimal) more) : own);
    }
  }

  // ---- writing

  private Body written(List<Map<String, Object>> records) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = (isCbor ? CBOR : JSON).createGenerator(bytes)) {
      to.writeStartArray(records, records.size());
      for (Map<String, Object> record : records) {
        to.writeStartObject(record, record.size());
        for (Map.Entry<String, Object> field : record.entrySet()) {
          label(field.getKey(), to);
          value(field.getValue(), to);
        }
        to.writeEndObject();
      }
      to.writeEndArray();
    }
    return Body.of(bytes.toByteArray());
  }

  private static void label(String label, JsonGenerator to) throws IOException {
    Integer number = NUMBERS.get(label);
    if (to instanceof CBORGenerator cbor && number != null) {
      cbor.writeFieldId(number);
    } else {
      to.writeFieldName(label);
    }
  }

  private static void value(Object value, JsonGenerator to) throws IOException {
    switch (value) {
      case String text -> to.writeString(text);
      case Boolean flag -> to.writeBoolean(flag);
      case byte[] bytes -> to.writeBinary(bytes);
      case BigDecimal number when number.scale() <= 0 && isLong(number) ->
          to.writeNumber(number.longValueExact());
      case BigDecimal number when to instanceof CBORGenerator ->
          to.writeNumber(number.doubleValue()); // what constrained readers of CBOR understand
      case BigDecimal number -> to.writeNumber(number);
      default -> throw new IllegalStateException("not a value of SenML");
    }
  }

  private static boolean isLong(BigDecimal number) {
    return number.precision() - number.scale() <= 18;
  }
}
