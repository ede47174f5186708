package io.serai.gateway.amqp.v10;

import io.serai.model.Header;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out a change the broker makes to its copy of a message: in the section it concerns, with
 * every other section as it came, byte for byte.
 */
final class SectionRewrite {
  private static final int HEADER = 0;
  private static final int MESSAGE_ANNOTATIONS = 2;
  private static final int APPLICATION_PROPERTIES = 4;
  private static final int TTL = 2;
  private static final byte[] NONE = {};

  private SectionRewrite() {}

  static Amqp10Encoding apply(Amqp10Encoding encoding, Rewrite rewrite) {
    byte[][] sections = encoding.sections();
    if (rewrite.dropsExpiry() && encoding.expiryMillis() >= 0) {
      sections[HEADER] = withoutTtl(encoding.headerFields());
    }
    List<Value.Entry> annotations = new ArrayList<>();
    List<Value.Entry> application = new ArrayList<>();
    boolean isOtherAnnotations = keep(encoding.messageAnnotations(), rewrite, annotations);
    boolean isOtherApplication = keep(encoding.applicationProperties(), rewrite, application);
    for (Header header : rewrite.headers()) {
      String annotation = Amqp10Mapping.annotationOf(header);
      if (annotation == null) {
        application.add(
            new Value.Entry(
                Value.of(header.name()), Amqp10Mapping.applicationValue(header.value())));
        isOtherApplication = true;
      } else {
        annotations.add(new Value.Entry(new Value.Symbol(annotation), header.value()));
        isOtherAnnotations = true;
      }
    }
    if (isOtherAnnotations) {
      sections[MESSAGE_ANNOTATIONS] = written(Sections.MESSAGE_ANNOTATIONS, annotations);
    }
    if (isOtherApplication) {
      sections[APPLICATION_PROPERTIES] = written(Sections.APPLICATION_PROPERTIES, application);
    }
    return encoding.with(sections);
  }

  private static byte[] withoutTtl(List<Value> fields) {
    List<Value> changed = new ArrayList<>(fields);
    changed.set(TTL, Value.NULL);
    return Sections.written(Sections.HEADER, new Value.ListOf(changed));
  }

  /** Hands over the entries that stay; answers whether some do not. */
  private static boolean keep(List<Value.Entry> all, Rewrite rewrite, List<Value.Entry> stay) {
    for (Value.Entry entry : all) {
      if (!rewrite.replaces(Amqp10Mapping.headerName(entry.key()))) {
        stay.add(entry);
      }
    }
    return stay.size() < all.size();
  }

  private static byte[] written(int section, List<Value.Entry> entries) {
    return entries.isEmpty() ? NONE : Sections.written(section, new Value.MapOf(entries));
  }
}
