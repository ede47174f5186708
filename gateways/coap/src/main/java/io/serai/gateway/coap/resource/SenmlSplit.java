package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.ContentFormats;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code POST /ps/base?split=1} with a SenML pack: one message for each name in it, published below
 * the base; {@code /} in a name separates levels. The request is answered when all are safe; those
 * that are not kept as values get into all their queues in one step, or into none.
 */
final class SenmlSplit {
  static final String PARAMETER = "split";

  private final Publishing publishing;
  private final Function<Topic, CoapEncoding> encodings;

  /**
   * @param encodings how the request is published to a topic; throws when it may not be
   */
  SenmlSplit(Publishing publishing, Function<Topic, CoapEncoding> encodings) {
    this.publishing = publishing;
    this.encodings = encodings;
  }

  void publish(TopicPath base, Incoming in, Effects<CoapFrame> out) {
    long format = in.request().unsigned(CoapOption.CONTENT_FORMAT);
    if (format != ContentFormats.SENML_JSON && format != ContentFormats.SENML_CBOR) {
      throw new RequestException(
          CoapCode.UNSUPPORTED_CONTENT_FORMAT,
          "split needs SenML: Content-Format %d or %d"
              .formatted(ContentFormats.SENML_JSON, ContentFormats.SENML_CBOR));
    }
    Map<String, Body> packs =
        SenmlPack.byName(in.request().payload(), format == ContentFormats.SENML_CBOR);
    List<Message> messages = new ArrayList<>(packs.size());
    packs.forEach((name, pack) -> {
      List<String> levels = new ArrayList<>(base.levels());
      levels.addAll(List.of(name.split("/", -1)));
      TopicPath path = TopicPath.of(levels);
      path.checkMayPublish();
      Topic topic = Topic.ofLevels(levels, Spelling.SLASH);
      messages.add(in.message(Address.ofTopic(topic), encodings.apply(topic), pack, out));
    });
    if (messages.size() > 1 && messages.stream().allMatch(SenmlSplit::isInOneStep)) {
      publishing.publishAll(messages, in, out, (_, later) -> in.answer(CoapCode.CHANGED, later));
      return;
    }
    messages.forEach(message -> publishing.check(message, out));
    Left left = new Left(messages.size());
    for (Message message : messages) {
      publishing.publish(
          message,
          isRetain(message),
          in,
          out,
          (_, later) -> {
            if (--left.count == 0) {
              in.answer(CoapCode.CHANGED, later);
            }
          });
    }
  }

  /** Values are kept one by one, and what asks for no answer of the queues needs none. */
  private static boolean isInOneStep(Message message) {
    return message.encoding().isDurable() && !isRetain(message);
  }

  private static boolean isRetain(Message message) {
    return message.encoding() instanceof CoapEncoding own && own.isRetain();
  }

  /** How many of a request's messages are not safe yet. */
  private static final class Left {
    private int count;

    private Left(int count) {
      this.count = count;
    }
  }
}
