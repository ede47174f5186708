package io.serai.gateway.coap.resource;

import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.gateway.coap.ContentFormats;
import io.serai.gateway.coap.Observation;
import io.serai.gateway.coap.Observer;
import io.serai.gateway.coap.Reply;
import io.serai.model.Address;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /topics}, the collection of topics, and {@code /topics/id}, the configuration of one
 * (draft-ietf-core-coap-pubsub). Whoever may publish to a topic may configure it.
 */
final class CollectionResource implements Resource {
  static final String PATH = "topics";
  static final String TYPE = "core.ps.coll";
  static final String CONFIG_TYPE = "core.ps.conf";
  static final String DATA_TYPE = "core.ps.data";

  private static final int ID_CHARS = 8;

  private final PeerScope scope;
  private final Publishing publishing;
  private final TopicResource topics;

  CollectionResource(PeerScope scope, Publishing publishing, TopicResource topics) {
    this.scope = scope;
    this.publishing = publishing;
    this.topics = topics;
  }

  @Override
  public void handle(Incoming in, Effects<CoapFrame> out) {
    long format = in.request().unsigned(CoapOption.CONTENT_FORMAT);
    if (in.request().payload().length() > 0
        && format >= 0
        && format != ContentFormats.CORE_PUBSUB_CBOR) {
      throw new RequestException(
          CoapCode.UNSUPPORTED_CONTENT_FORMAT,
          "expected Content-Format " + ContentFormats.CORE_PUBSUB_CBOR);
    }
    if (in.path().size() == 1) {
      onCollection(in, out);
    } else if (in.path().size() == 2) {
      in.query().allow();
      onTopic(in, out);
    } else {
      throw new RequestException(CoapCode.NOT_FOUND, "the path is /topics or /topics/id");
    }
  }

  // ---- the collection

  private void onCollection(Incoming in, Effects<CoapFrame> out) {
    TopicCollection collection = scope.node().collection();
    List<TopicConfig> all = collection.all(in.client().vhost(), out.nowMillis());
    if (in.isMethod(CoapCode.GET)) {
      in.query().allow("rt", "href", "ct", "obs");
      boolean wantsData = DATA_TYPE.equals(in.query().text("rt"));
      in.answer(
          LinkFormat.answer(wantsData ? dataLinks(all) : links(all), in.request(), in.query()),
          out);
    } else if (in.isMethod(CoapCode.FETCH)) {
      in.query().allow();
      TopicProperties wanted = TopicProperties.read(in.request().payload());
      List<TopicConfig> found =
          all.stream().filter(config -> wanted.areIn(TopicProperties.of(config))).toList();
      in.answer(LinkFormat.answer(links(found), in.request(), in.query()), out);
    } else if (in.isMethod(CoapCode.POST)) {
      in.query().allow();
      create(in, out);
    } else {
      throw RequestException.notAllowed("GET, FETCH and POST");
    }
  }

  /** Links to the configurations of topics. */
  static List<LinkFormat.Link> links(List<TopicConfig> topics) {
    return topics.stream()
        .map(config ->
            new LinkFormat.Link(
                CoapPath.written(List.of(PATH, config.id())),
                CONFIG_TYPE,
                ContentFormats.CORE_PUBSUB_CBOR,
                false))
        .toList();
  }

  private static List<LinkFormat.Link> dataLinks(List<TopicConfig> topics) {
    return topics.stream()
        .map(config ->
            new LinkFormat.Link(
                CoapPath.written(CoapPath.of(config.data())),
                DATA_TYPE,
                config.contentFormat(),
                true))
        .toList();
  }

  private void create(Incoming in, Effects<CoapFrame> out) {
    TopicProperties wanted = TopicProperties.read(in.request().payload());
    String name = wanted.required(TopicProperties.NAME, "topic-name");
    String type = wanted.required(TopicProperties.RESOURCE_TYPE, "resource-type");
    TopicPath data = data(wanted.text(TopicProperties.DATA), name);
    Body value = wanted.initialValue();
    if (value != null && !wanted.has(TopicProperties.CONTENT_FORMAT)) {
      throw RequestException.badRequest("initialize needs topic-content-format");
    }
    TopicConfig config =
        changed(
            TopicConfig.plain(
                scope.node().randomName().substring(0, ID_CHARS),
                in.client().vhost(),
                name,
                data.topic(),
                type,
                new Subscribers()),
            wanted);
    checkMayConfigure(config, in, out);
    scope.node().collection().add(config, out.nowMillis());
    if (value == null) {
      created(config, in, out);
    } else {
      initialize(config, value, in, out);
    }
  }

  /** Where a topic is published to: where its creator says, else below {@code /ps} by its name. */
  private static TopicPath data(@Nullable String path, String name) {
    List<String> levels = List.of(name.split("/", -1));
    if (path != null) {
      List<String> segments = CoapPath.read(path.startsWith("/") ? path : "/" + path);
      if (segments == null || segments.size() < 2 || !segments.getFirst().equals("ps")) {
        throw RequestException.badRequest("topic-data has to be a path below /ps");
      }
      levels = segments.subList(1, segments.size());
    }
    TopicPath data = TopicPath.of(levels);
    data.checkMayPublish();
    return data;
  }

  private void created(TopicConfig config, Incoming in, Effects<CoapFrame> out) {
    List<CoapOption> options = new ArrayList<>(3);
    options.add(CoapOption.of(CoapOption.LOCATION_PATH, PATH));
    options.add(CoapOption.of(CoapOption.LOCATION_PATH, config.id()));
    options.add(format());
    in.answer(new CoapAnswer(CoapCode.CREATED, options, TopicProperties.of(config).toBody()), out);
  }

  private void initialize(TopicConfig config, Body value, Incoming in, Effects<CoapFrame> out) {
    List<CoapOption> options = new ArrayList<>(2);
    options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, config.contentFormat()));
    long left = config.secondsLeft(out.nowMillis());
    if (left >= 0) {
      options.add(CoapOption.of(CoapOption.URI_QUERY, "expiry=" + left));
    }
    CoapEncoding encoding = CoapEncoding.ofRequest(in.request().isConfirmable(), true, options);
    // A value that cannot be kept leaves no topic behind: the client may try again.
    Incoming orNothing =
        new Incoming(
            in.request(), in.path(), in.query(), in.client(), new Undoing(in.reply(), config));
    try {
      publishing.publish(
          in.message(Address.ofTopic(config.data()), encoding, value, out),
          true,
          orNothing,
          out,
          (_, later) -> created(config, in, later));
    } catch (RequestException e) {
      scope.node().collection().remove(config);
      throw e;
    }
  }

  /** An answer other than that a topic was created takes it away again. */
  private final class Undoing implements Reply {
    private final Reply reply;
    private final TopicConfig config;

    Undoing(Reply reply, TopicConfig config) {
      this.reply = reply;
      this.config = config;
    }

    @Override
    public void answer(CoapAnswer answer, Effects<CoapFrame> out) {
      if (!answer.code().isSuccess()) {
        scope.node().collection().remove(config);
      }
      reply.answer(answer, out);
    }

    @Override
    public Observation observe(CoapAnswer first, Observer observer, Effects<CoapFrame> out) {
      return reply.observe(first, observer, out);
    }

    @Override
    public boolean isOpen() {
      return reply.isOpen();
    }
  }

  // ---- one topic

  private void onTopic(Incoming in, Effects<CoapFrame> out) {
    String id = in.path().get(1);
    TopicConfig config = scope.node().collection().ofId(in.client().vhost(), id, out.nowMillis());
    if (config == null) {
      throw new RequestException(CoapCode.NOT_FOUND, "no topic '" + id + "' in the collection");
    }
    TopicProperties known = TopicProperties.of(config);
    if (in.isMethod(CoapCode.GET)) {
      answer(CoapCode.CONTENT, known, in, out);
    } else if (in.isMethod(CoapCode.FETCH)) {
      TopicProperties asked = TopicProperties.read(in.request().payload());
      answer(CoapCode.CONTENT, known.only(asked.filter()), in, out);
    } else if (in.isMethod(CoapCode.POST) || in.isMethod(CoapCode.PUT)) {
      TopicProperties wanted = TopicProperties.read(in.request().payload());
      update(config, changed(plain(config), sameIdentity(wanted, known)), in, out);
    } else if (in.isMethod(CoapCode.IPATCH)) {
      TopicProperties wanted = TopicProperties.read(in.request().payload());
      update(config, changed(config, sameIdentity(wanted, known)), in, out);
    } else if (in.isMethod(CoapCode.DELETE)) {
      checkMayConfigure(config, in, out);
      scope.node().collection().remove(config);
      topics.clear(config.data(), in, out);
    } else {
      throw RequestException.notAllowed("GET, FETCH, POST, PUT, iPATCH and DELETE");
    }
  }

  private void update(TopicConfig from, TopicConfig to, Incoming in, Effects<CoapFrame> out) {
    checkMayConfigure(from, in, out);
    if (!scope.node().collection().replace(from, to)) {
      throw new RequestException(
          CoapCode.CONFLICT, "the configuration was changed or deleted meanwhile");
    }
    answer(CoapCode.CHANGED, TopicProperties.of(to), in, out);
  }

  private static void answer(
      CoapCode code, TopicProperties properties, Incoming in, Effects<CoapFrame> out) {
    in.answer(new CoapAnswer(code, List.of(format()), properties.toBody()), out);
  }

  private static CoapOption format() {
    return CoapOption.of(CoapOption.CONTENT_FORMAT, ContentFormats.CORE_PUBSUB_CBOR);
  }

  /** Name, data and type of a topic stay; a change may repeat them. */
  private static TopicProperties sameIdentity(TopicProperties wanted, TopicProperties known) {
    List<Integer> fixed =
        List.of(TopicProperties.NAME, TopicProperties.DATA, TopicProperties.RESOURCE_TYPE);
    if (!wanted.only(fixed).areIn(known)) {
      throw RequestException.badRequest(
          "topic-name, topic-data and resource-type of a topic cannot be changed");
    }
    return wanted;
  }

  /** The topic with nothing but what it has to have. */
  private static TopicConfig plain(TopicConfig config) {
    return TopicConfig.plain(
        config.id(),
        config.vhost(),
        config.name(),
        config.data(),
        config.resourceType(),
        config.subscribers());
  }

  /** The topic with the properties that are wanted, and its own where they say nothing. */
  private static TopicConfig changed(TopicConfig config, TopicProperties wanted) {
    String topicType = wanted.text(TopicProperties.TOPIC_TYPE);
    long check = wanted.number(TopicProperties.OBSERVER_CHECK, config.observerCheckSeconds());
    if (check == 0) {
      throw RequestException.badRequest("observer-check is a number of seconds above 0");
    }
    return new TopicConfig(
        config.id(),
        config.vhost(),
        config.name(),
        config.data(),
        config.resourceType(),
        wanted.number(TopicProperties.CONTENT_FORMAT, config.contentFormat()),
        topicType == null ? config.topicType() : topicType,
        wanted.number(TopicProperties.EXPIRATION_DATE, config.expirationSeconds()),
        wanted.number(TopicProperties.MAX_SUBSCRIBERS, config.maxSubscribers()),
        check,
        config.subscribers());
  }

  private static void checkMayConfigure(TopicConfig config, Incoming in, Effects<CoapFrame> out) {
    CoapEncoding nothing = CoapEncoding.ofRequest(false, false, List.of());
    PublishResult result =
        out.publish(
            in.message(Address.ofTopic(config.data()), nothing, Body.EMPTY, out),
            Publisher.CHECK,
            0);
    if (result == PublishResult.DENIED) {
      throw new RequestException(
          CoapCode.FORBIDDEN,
          "whoever configures a topic needs the right to publish to '" + config.data() + "'");
    }
  }
}
