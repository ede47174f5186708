package io.serai.gateway.coap.resource;

import io.serai.bus.Request;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapRequest;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code /ps/a/b}: PUT publishes and keeps, POST publishes, GET reads what was kept, GET with
 * Observe subscribes, DELETE clears.
 */
final class TopicResource implements Resource {
  private static final String EXPIRY = "expiry";
  private static final String[] PUBLISH = {"qos", "retain", EXPIRY, SenmlSplit.PARAMETER};

  /** Topics remembered to have a value; beyond that the oldest are asked about again. */
  private static final int MAX_KNOWN = 64;

  private final PeerScope scope;
  private final Publishing publishing;
  private final Observers observers;

  /** Topics this peer has given a value that does not expire: a PUT to them is a change. */
  private Set<Topic> known = Set.of();

  /** The vhost whose topics these are: a peer may speak for clients of several. */
  private String knownVhost = "";

  TopicResource(PeerScope scope, Publishing publishing, Observers observers) {
    this.scope = scope;
    this.publishing = publishing;
    this.observers = observers;
  }

  @Override
  public void handle(Incoming in, Effects<CoapFrame> out) {
    TopicPath path = TopicPath.of(in.path().subList(1, in.path().size()));
    if (!in.client().vhost().equals(knownVhost)) {
      known = Set.of();
      knownVhost = in.client().vhost();
    }
    if (in.isMethod(CoapCode.GET)) {
      get(path, in, out);
    } else if (in.isMethod(CoapCode.PUT) || in.isMethod(CoapCode.POST)) {
      path.checkMayPublish();
      publish(path, in, out);
    } else if (in.isMethod(CoapCode.DELETE)) {
      path.checkMayPublish();
      delete(path, in, out);
    } else {
      throw RequestException.notAllowed("GET, PUT, POST and DELETE");
    }
  }

  // ---- PUT and POST

  private void publish(TopicPath path, Incoming in, Effects<CoapFrame> out) {
    in.query().allow(PUBLISH);
    in.query().checkPublication();
    in.query().isOn("retain");
    if (in.query().isOn(SenmlSplit.PARAMETER)) {
      new SenmlSplit(publishing, topic -> encoding(topic, in, out)).publish(path, in, out);
      return;
    }
    Topic topic = path.topic();
    CoapRequest request = in.request();
    boolean isPut = in.isMethod(CoapCode.PUT);
    if (isPut && request.payload().length() == 0) {
      throw RequestException.badRequest("an empty value cannot be kept: DELETE clears a topic");
    }
    CoapEncoding encoding = encoding(topic, in, out);
    if (!isConditional(request) && (!encoding.isRetain() || known.contains(topic))) {
      publish(topic, encoding, CoapCode.CHANGED, in, out);
      return;
    }
    scope.askEither(
        reading(path.compiled(), in),
        in.reply(),
        out,
        (result, later) -> {
          List<Message> values = PeerScope.valueOrNull(result);
          if (values == null && isConditional(request)) {
            throw PeerScope.refusal(result);
          }
          // Who may not read is not told whether there was a value before.
          Message value = values == null || values.isEmpty() ? null : values.getFirst();
          checkConditions(request, value);
          boolean isFirst = isPut && values != null && values.isEmpty();
          CoapCode done = isFirst ? CoapCode.CREATED : CoapCode.CHANGED;
          if (isConditional(request) && encoding.isRetain()) {
            Message message =
                in.message(Address.ofTopic(topic), encoding, request.payload(), later);
            replace(value, message, in, later, last -> in.answer(done, last));
          } else {
            publish(topic, encoding, done, in, later);
          }
        });
  }

  private void publish(
      Topic topic, CoapEncoding encoding, CoapCode done, Incoming in, Effects<CoapFrame> out) {
    boolean isKept = encoding.isRetain();
    Message message = in.message(Address.ofTopic(topic), encoding, in.request().payload(), out);
    publishing.publish(
        message,
        isKept,
        in,
        out,
        (_, later) -> {
          if (isKept && in.client().vhost().equals(knownVhost)) {
            remember(topic, encoding.expirySeconds() < 0 && message.body().length() > 0);
          }
          in.answer(done, later);
        });
  }

  /**
   * Keeps and publishes a message if the topic's value still is the one on which the request's
   * conditions were checked; else they have failed.
   */
  private void replace(
      @Nullable Message known,
      Message message,
      Incoming in,
      Effects<CoapFrame> out,
      Consumer<Effects<CoapFrame>> done) {
    forget(message.topic());
    scope.ask(
        new Request.ReplaceRetained(in.client().caller(), message, known),
        in.reply(),
        out,
        (isReplaced, later) -> {
          if (!isReplaced) {
            throw failed("the topic's value was changed meanwhile");
          }
          publishing.publish(message, false, in, later, (_, last) -> done.accept(last));
        });
  }

  private void remember(Topic topic, boolean hasValueForGood) {
    if (!hasValueForGood) {
      forget(topic);
      return;
    }
    if (known.isEmpty()) {
      known = new LinkedHashSet<>();
    }
    if (known.add(topic) && known.size() > MAX_KNOWN) {
      known.remove(known.iterator().next());
    }
  }

  private void forget(Topic topic) {
    if (!known.isEmpty()) {
      known.remove(topic);
    }
  }

  /** How a request is published to a topic, as far as the topic's configuration lets it. */
  private CoapEncoding encoding(Topic topic, Incoming in, Effects<CoapFrame> out) {
    TopicConfig config = config(in, topic, out);
    checkFormat(in.request(), config);
    return encoding(in, in.isMethod(CoapCode.PUT), config, out);
  }

  /** What the publisher said; a topic that ends at a time keeps no value beyond it. */
  private static CoapEncoding encoding(
      Incoming in, boolean isPut, @Nullable TopicConfig config, Effects<CoapFrame> out) {
    List<CoapOption> options = in.request().options();
    long left = config == null ? -1 : config.secondsLeft(out.nowMillis());
    if (left >= 0) {
      long wanted = in.query().number(EXPIRY, left, 0xffff_ffffL);
      options = new ArrayList<>(options);
      // Of several the last counts, see CoapEncoding.
      options.add(CoapOption.of(CoapOption.URI_QUERY, EXPIRY + "=" + Math.min(wanted, left)));
    }
    return CoapEncoding.ofRequest(in.request().isConfirmable(), isPut, options);
  }

  private static void checkFormat(CoapRequest request, @Nullable TopicConfig config) {
    long wanted = config == null ? -1 : config.contentFormat();
    if (wanted >= 0 && request.unsigned(CoapOption.CONTENT_FORMAT) != wanted) {
      throw new RequestException(
          CoapCode.UNSUPPORTED_CONTENT_FORMAT,
          "the topic's configuration asks for Content-Format " + wanted);
    }
  }

  // ---- conditions (RFC 7252 §5.10.8)

  private static boolean isConditional(CoapRequest request) {
    return request.first(CoapOption.IF_MATCH) != null
        || request.first(CoapOption.IF_NONE_MATCH) != null;
  }

  private static void checkConditions(CoapRequest request, @Nullable Message value) {
    if (request.first(CoapOption.IF_NONE_MATCH) != null && value != null) {
      throw failed("the topic has a value");
    }
    boolean hasMatch = request.first(CoapOption.IF_MATCH) != null;
    if (hasMatch && value == null) {
      throw failed("the topic has no value");
    }
    if (hasMatch
        && value != null
        && !hasEmptyIfMatch(request)
        && !value.as(Representation.OF).isNamedIn(request, CoapOption.IF_MATCH)) {
      throw failed("the topic's value has another ETag");
    }
  }

  private static boolean hasEmptyIfMatch(CoapRequest request) {
    return request.options().stream()
        .anyMatch(option -> option.number() == CoapOption.IF_MATCH && option.length() == 0);
  }

  private static RequestException failed(String why) {
    return new RequestException(CoapCode.PRECONDITION_FAILED, why);
  }

  // ---- GET

  private void get(TopicPath path, Incoming in, Effects<CoapFrame> out) {
    if (in.request().isObserve()) {
      observers.observe(path, in, path.isWildcard() ? null : config(in, path.topic(), out), out);
      return;
    }
    in.query().allow(ObserveOptions.NAMES); // a client that stops observing repeats them
    if (path.isWildcard()) {
      throw RequestException.badRequest("+ and # can be observed, not read");
    }
    read(
        path.compiled(),
        in,
        out,
        (value, later) -> {
          if (value == null) {
            throw new RequestException(CoapCode.NOT_FOUND, "the topic has no value");
          }
          in.answer(answer(in.request(), value, later.nowMillis()), later);
        });
  }

  /** The value as this request wants it: 2.05, 2.03 or 4.06. */
  static CoapAnswer answer(CoapRequest request, Message value, long nowMillis) {
    Representation of = value.as(Representation.OF);
    if (!of.isAcceptedBy(request)) {
      return CoapAnswer.error(
          CoapCode.NOT_ACCEPTABLE, "the value has Content-Format " + of.format());
    }
    return of.isNamedIn(request, CoapOption.ETAG)
        ? Representation.valid(value, nowMillis)
        : Representation.content(value, false, nowMillis);
  }

  private void read(
      TopicFilter filter,
      Incoming in,
      Effects<CoapFrame> out,
      Then<@Nullable Message, CoapFrame> then) {
    scope.ask(
        reading(filter, in),
        in.reply(),
        out,
        (values, later) -> then.accept(values.isEmpty() ? null : values.getFirst(), later));
  }

  private static Request<List<Message>> reading(TopicFilter filter, Incoming in) {
    return new Request.ReadRetained(in.client().caller(), filter, 1, false);
  }

  // ---- DELETE

  private void delete(TopicPath path, Incoming in, Effects<CoapFrame> out) {
    in.query().allow("qos");
    if (!isConditional(in.request())) {
      clear(path.topic(), in, out);
      return;
    }
    read(
        path.compiled(),
        in,
        out,
        (value, later) -> {
          checkConditions(in.request(), value);
          Message none = deletion(path.topic(), in, later);
          replace(value, none, in, later, last -> in.answer(CoapCode.DELETED, last));
        });
  }

  /** Clears a topic's value, which ends those who observe it, and answers 2.02. */
  void clear(Topic topic, Incoming in, Effects<CoapFrame> out) {
    forget(topic);
    publishing.publish(
        deletion(topic, in, out), true, in, out, (_, later) -> in.answer(CoapCode.DELETED, later));
  }

  private static Message deletion(Topic topic, Incoming in, Effects<CoapFrame> out) {
    List<CoapOption> none = List.of();
    CoapEncoding encoding = CoapEncoding.ofRequest(in.request().isConfirmable(), true, none);
    return in.message(Address.ofTopic(topic), encoding, Body.EMPTY, out);
  }

  private @Nullable TopicConfig config(Incoming in, Topic topic, Effects<CoapFrame> out) {
    return scope.node().collection().ofData(in.client().vhost(), topic, out.nowMillis());
  }
}
