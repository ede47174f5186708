package io.serai.routing.selector;

import io.serai.routing.selector.Field.HeaderField;
import io.serai.routing.selector.Field.PropertyField;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How names are written and what of a message they stand for. */
final class Names {
  private static final List<String> HYPHENATED =
      List.of("application-properties.", "message-annotations.", "delivery-annotations.");

  private Names() {}

  static boolean isStart(int codePoint) {
    return Character.isJavaIdentifierStart(codePoint);
  }

  static boolean isPart(int codePoint) {
    return Character.isJavaIdentifierPart(codePoint) && !Character.isIdentifierIgnorable(codePoint);
  }

  /**
   * Where the name that starts at {@code from} ends, exclusive. Dots belong to it. A hyphen does in
   * {@code application-properties.} and its like and in what follows the section of a typed
   * property, as in {@code properties.message-id}; elsewhere it is a minus.
   */
  static int end(String text, int from) {
    int at = from;
    for (String section : HYPHENATED) {
      if (text.startsWith(section, from)) {
        at += section.length();
      }
    }
    boolean isSection = true;
    boolean takesHyphens = false;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (c == '.' && isSection) {
        takesHyphens = isTyped(text.substring(from, at));
        isSection = false;
      } else if (c != '.' && !isPart(c) && !(takesHyphens && isHyphen(text, at))) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  /** Whether what follows is the rest of the name and no number. */
  private static boolean isHyphen(String text, int at) {
    return text.charAt(at) == '-' && at + 1 < text.length() && isStart(text.codePointAt(at + 1));
  }

  /** Whether the section holds typed properties, whose names are known. */
  private static boolean isTyped(String section) {
    return switch (section) {
      case "header", "h", "properties", "p", "amqp" -> true;
      default -> false;
    };
  }

  /** The part of a message that a name without quotes stands for. */
  static Field resolve(String name, int offset) throws SelectorException {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return name.startsWith("JMS") ? jms(name, offset) : new HeaderField(name);
    }
    String section = name.substring(0, dot);
    String rest = name.substring(dot + 1);
    return switch (section) {
      case "application-properties", "application_properties", "a" -> {
        if (rest.isEmpty()) {
          throw refused(name, offset, "a name after the dot");
        }
        yield new HeaderField(rest);
      }
      case "header", "h", "properties", "p", "amqp" -> typed(section, rest, name, offset);
      case "delivery-annotations", "delivery_annotations", "d" -> throw noSection(name, offset);
      case "message-annotations", "message_annotations", "m" -> throw noSection(name, offset);
      case "footer", "f" -> throw noSection(name, offset);
      default -> new HeaderField(name);
    };
  }

  /** Jakarta Messaging's own names (JMS 2.0 §3.8.1.1). */
  private static Field jms(String name, int offset) throws SelectorException {
    Property property =
        switch (name) {
          case "JMSPriority" -> Property.PRIORITY;
          case "JMSDeliveryMode" -> Property.DELIVERY_MODE;
          case "JMSTimestamp" -> Property.CREATION_TIME;
          case "JMSMessageID" -> Property.MESSAGE_ID;
          case "JMSCorrelationID" -> Property.CORRELATION_ID;
          case "JMSType" -> Property.SUBJECT;
          case "JMSXUserID" -> Property.USER_ID;
          case "JMSXAppID" -> Property.APP_ID;
          default -> null;
        };
    if (property != null) {
      return new PropertyField(property);
    }
    if (name.startsWith("JMSX") || name.startsWith("JMS_")) {
      return new HeaderField(name);
    }
    throw refused(
        name,
        offset,
        "JMSPriority, JMSDeliveryMode, JMSTimestamp, JMSMessageID, JMSCorrelationID or JMSType"
            + " (a header of this name is written ["
            + name
            + "])");
  }

  private static Field typed(String section, String rest, String name, int offset)
      throws SelectorException {
    String field =
        switch (rest.replace('_', '-')) {
          case "type" -> "subject";
          case "timestamp" -> "creation-time";
          case String other -> other;
        };
    boolean isHeader = section.startsWith("h");
    boolean isProperty = section.startsWith("p");
    for (Property property : Property.values()) {
      if ((!isProperty && property.spelling.equals("header." + field))
          || (!isHeader && property.spelling.equals("properties." + field))) {
        return new PropertyField(property);
      }
    }
    String known = isHeader ? "header." : "properties.";
    throw refused(
        name,
        offset,
        Arrays.stream(Property.values())
            .map(property -> property.spelling)
            .filter(spelling -> spelling.startsWith(known))
            .collect(Collectors.joining(", ", "one of ", "")));
  }

  private static SelectorException noSection(String name, int offset) {
    return refused(
        name,
        offset,
        "a property of the sections header, properties or application-properties (a header of"
            + " this name is written ["
            + name
            + "])");
  }

  private static SelectorException refused(String name, int offset, String expected) {
    return new SelectorException(offset, SelectorException.quoted(name), expected);
  }
}
