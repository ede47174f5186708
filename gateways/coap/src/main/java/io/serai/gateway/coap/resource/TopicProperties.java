package io.serai.gateway.coap.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.serai.gateway.TextProperties;
import io.serai.gateway.coap.CoapPath;
import io.serai.model.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code application/core-pubsub+cbor}: a map from the numbers of a topic's properties to their
 * values (draft-ietf-core-coap-pubsub, "Encoding of PubSub Topic Properties"). A value is a text, a
 * whole number, bytes, or for {@link #FILTER} a list of numbers.
 */
final class TopicProperties {
  static final int NAME = 0;
  static final int DATA = 1;
  static final int RESOURCE_TYPE = 2;
  static final int CONTENT_FORMAT = 3;
  static final int TOPIC_TYPE = 4;
  static final int EXPIRATION_DATE = 5;
  static final int MAX_SUBSCRIBERS = 6;
  static final int OBSERVER_CHECK = 7;
  static final int INITIALIZE = 8;
  static final int FILTER = 9;

  /** What a number of seconds since 1970 is tagged with (RFC 8949 §3.4.2). */
  private static final int EPOCH_TAG = 1;

  private static final CBORFactory CBOR = new CBORFactory();

  private final TreeMap<Integer, Object> values;

  private TopicProperties(TreeMap<Integer, Object> values) {
    this.values = values;
  }

  // ---- reading

  /**
   * The properties that a body holds.
   *
   * @throws RequestException 4.00 when it is no such map, or holds something twice, unknown or of
   *     another type
   */
  static TopicProperties read(Body body) {
    TreeMap<Integer, Object> values = new TreeMap<>();
    try (JsonParser in = CBOR.createParser(body.toByteArray())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw RequestException.badRequest("expected a CBOR map of topic properties");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        int number = (int) TextProperties.decimal(key, FILTER);
        in.nextToken();
        if (number < 0) {
          throw RequestException.badRequest("unknown topic property " + key);
        }
        if (values.put(number, value(number, in)) != null) {
          throw RequestException.badRequest("topic property " + number + " is there twice");
        }
      }
      if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
        throw RequestException.badRequest("expected one CBOR map of topic properties");
      }
    } catch (IOException _) {
      throw RequestException.badRequest("malformed CBOR");
    }
    return new TopicProperties(values);
  }

  private static Object value(int number, JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    switch (number) {
      case NAME, DATA, RESOURCE_TYPE, TOPIC_TYPE -> {
        if (token == JsonToken.VALUE_STRING) {
          return in.getText();
        }
      }
      case CONTENT_FORMAT, EXPIRATION_DATE, MAX_SUBSCRIBERS, OBSERVER_CHECK -> {
        if (token == JsonToken.VALUE_NUMBER_INT && in.getLongValue() >= 0) {
          return in.getLongValue();
        }
      }
      case INITIALIZE -> {
        if (token == JsonToken.VALUE_EMBEDDED_OBJECT) {
          return Body.of(in.getBinaryValue());
        }
      }
      default -> {
        if (token == JsonToken.START_ARRAY) {
          return numbers(in);
        }
      }
    }
    throw RequestException.badRequest("topic property " + number + " is of another type");
  }

  private static List<Integer> numbers(JsonParser in) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    while (in.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      numbers.add(in.getIntValue());
    }
    if (in.currentToken() != JsonToken.END_ARRAY) {
      throw RequestException.badRequest("topic property " + FILTER + " is a list of numbers");
    }
    return numbers;
  }

  boolean has(int number) {
    return values.containsKey(number);
  }

  @Nullable String text(int number) {
    return values.get(number) instanceof String text ? text : null;
  }

  /** A text that has to be there. */
  String required(int number, String name) {
    String text = text(number);
    if (text == null || text.isEmpty()) {
      throw RequestException.badRequest("the topic property " + name + " is missing");
    }
    return text;
  }

  long number(int number, long otherwise) {
    return values.get(number) instanceof Long value ? value : otherwise;
  }

  @Nullable Body initialValue() {
    return values.get(INITIALIZE) instanceof Body value ? value : null;
  }

  /** The properties that a FETCH asks for. */
  List<Integer> filter() {
    if (!(values.get(FILTER) instanceof List<?> numbers)) {
      throw RequestException.badRequest("the list of wanted properties, conf-filter, is missing");
    }
    return numbers.stream().map(Integer.class::cast).toList();
  }

  /** Whether each property here has the same value there. */
  boolean areIn(TopicProperties other) {
    return values.entrySet().stream()
        .allMatch(entry -> Objects.equals(entry.getValue(), other.values.get(entry.getKey())));
  }

  // ---- writing

  /** The properties of a topic. */
  static TopicProperties of(TopicConfig config) {
    TreeMap<Integer, Object> values = new TreeMap<>();
    values.put(NAME, config.name());
    values.put(DATA, CoapPath.written(CoapPath.of(config.data())));
    values.put(RESOURCE_TYPE, config.resourceType());
    put(CONTENT_FORMAT, config.contentFormat(), values);
    String topicType = config.topicType();
    if (topicType != null) {
      values.put(TOPIC_TYPE, topicType);
    }
    put(EXPIRATION_DATE, config.expirationSeconds(), values);
    put(MAX_SUBSCRIBERS, config.maxSubscribers(), values);
    if (config.observerCheckSeconds() != TopicConfig.OBSERVER_CHECK_SECONDS) {
      values.put(OBSERVER_CHECK, config.observerCheckSeconds());
    }
    return new TopicProperties(values);
  }

  private static void put(int number, long value, Map<Integer, Object> to) {
    if (value >= 0) {
      to.put(number, value);
    }
  }

  /** Those of them that are wanted. */
  TopicProperties only(List<Integer> wanted) {
    TreeMap<Integer, Object> some = new TreeMap<>(values);
    some.keySet().retainAll(wanted);
    return new TopicProperties(some);
  }

  Body toBody() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator to = CBOR.createGenerator(bytes)) {
      to.writeStartObject(values.size());
      for (Map.Entry<Integer, Object> entry : values.entrySet()) {
        to.writeFieldId(entry.getKey());
        switch (entry.getValue()) {
          case String text -> to.writeString(text);
          case Long number -> {
            if (entry.getKey() == EXPIRATION_DATE) {
              to.writeTag(EPOCH_TAG);
            }
            to.writeNumber(number);
          }
          default -> throw new IllegalStateException("not a property of a configuration");
        }
      }
      to.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory cannot fail", e);
    }
    return Body.of(bytes.toByteArray());
  }
}
