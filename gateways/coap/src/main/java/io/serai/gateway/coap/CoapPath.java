package io.serai.gateway.coap;

import io.serai.model.Address;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths of resources: {@code /ps/a/b} is the topic with the levels a and b, {@code /q/name} is a
 * queue. A segment is a level whatever it holds; where a path is written as text, as in a reply-to,
 * segments are percent-encoded as in a URI (RFC 3986 §3.3).
 */
public final class CoapPath {
  private static final String TOPICS = "ps";
  private static final String QUEUES = "q";
  private static final String PLAIN = "-._~!$&'()*+,;=:@"; // RFC 3986 pchar beside letters, digits

  private CoapPath() {}

  /** Where a message to this resource goes, or null when it is neither topic nor queue. */
  public static @Nullable Address address(List<String> segments) {
    if (segments.size() < 2) {
      return null;
    }
    List<String> rest = segments.subList(1, segments.size());
    return switch (segments.getFirst()) {
      case TOPICS -> Address.ofTopic(Topic.ofLevels(rest, Spelling.SLASH));
      case QUEUES -> rest.size() == 1 ? Address.ofQueue(rest.getFirst()) : null;
      default -> null;
    };
  }

  /** The segments of the resource that a topic is. */
  public static List<String> of(Topic topic) {
    List<String> segments = new ArrayList<>(topic.levelCount() + 1);
    segments.add(TOPICS);
    segments.addAll(topic.levelList());
    return segments;
  }

  /** A path as text, with its first slash. */
  public static String written(List<String> segments) {
    StringBuilder out = new StringBuilder();
    for (String segment : segments) {
      out.append('/');
      for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
        char c = (char) (b & 0xff);
        if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
          out.append(c);
        } else {
          out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
        }
      }
    }
    return out.toString();
  }

  /** The segments of a path written as text, or null when it is none. */
  public static @Nullable List<String> read(String path) {
    if (!path.startsWith("/")) {
      return null;
    }
    List<String> segments = new ArrayList<>();
    for (String part : path.substring(1).split("/", -1)) {
      String segment = decoded(part);
      if (segment == null) {
        return null;
      }
      segments.add(segment);
    }
    return segments;
  }

  private static @Nullable String decoded(String part) {
    byte[] in = part.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.put(in[i]);
      } else if (i + 2 < in.length
          && HexFormat.isHexDigit(in[i + 1])
          && HexFormat.isHexDigit(in[i + 2])) {
        out.put(
            (byte) (HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2])));
        i += 2;
      } else {
        return null;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }

  /** The path to which an answer is sent. */
  static String of(ReplyTo replyTo) {
    return switch (replyTo) {
      case ReplyTo.Queue(String name) -> written(List.of(QUEUES, name));
      case ReplyTo.AtTopic(Topic topic) -> written(of(topic));
    };
  }

  /** What a path says as a reply-to, or null when it is neither topic nor queue. */
  static @Nullable ReplyTo replyTo(String path) {
    List<String> segments = read(path);
    Address address = segments == null ? null : address(segments);
    if (address == null) {
      return null;
    }
    return address.exchange().isEmpty()
        ? new ReplyTo.Queue(address.topic().spelled(Spelling.DOT))
        : new ReplyTo.AtTopic(address.topic());
  }
}
