package io.serai.routing.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.model.Header;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompiledSelectorTest {
  private static final String LONG =
      "{'or',{'and',{'=',{'ident',<<\"a\">>},1},{'<>',{'ident',<<\"b\">>},<<\"it's\">>}},"
          + "{'not',{'>=',{'ident',<<\"c\">>},2500.0}}}.";

  // The terms are what rabbitmq-jms 3.4.0 makes of selectors.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'=',{'ident',<<"boolVal">>},'true'}.               | [boolVal] = true
          {'ident',<<"boolVal">>}.                            | [boolVal]
          'true'.                                             | true
          {'like',{'ident',<<"x">>},<<"a\\\\_%">>,<<"\\\\">>}. | [x] LIKE 'a\\_%' ESCAPE '\\'
          {'not_like',{'ident',<<"x">>},<<"abc">>,'no_escape'}. | [x] NOT LIKE 'abc'
          {'in',{'ident',<<"x">>},[<<"a">>,<<"b">>]}.         | [x] IN ('a', 'b')
          {'not_in',{'ident',<<"x">>},[<<"a">>]}.             | [x] NOT IN ('a')
          {'between',{'ident',<<"n">>},1,10}.                 | [n] BETWEEN 1 AND 10
          {'between',{'ident',<<"n">>},{'range',1,10}}.       | [n] BETWEEN 1 AND 10
          {'not_between',{'ident',<<"n">>},{'-',1},{'+',3.5}}. | [n] NOT BETWEEN (- 1) AND (+ 3.5)
          {'is_null',{'ident',<<"x">>}}.                      | [x] IS NULL
          {'not_null',{'ident',<<"x">>}}.                     | [x] IS NOT NULL
          {'>',{'+',{'ident',<<"a">>},{'/',3,2}},-1.0E10}.    | ([a] + (3 / 2)) > -1.0E10
          {'=',{'ident',<<"JMSType">>},<<"\\"\\\\">>}         | [JMSType] = '"\\'
          {'=', {ident, <<"]'">>}, <<"it's">>} .              | []]'] = 'it''s'
          {'not',{'ident',<<"a">>}}.                          | NOT [a]
          """)
  void theTermOfTheClientIsWrittenAsSql(String term, String sql) throws SelectorException {
    assertThat(CompiledSelector.toSql(term)).isEqualTo(sql);
    Selector.parse(sql);
  }

  @Test
  void chainsNeedNoParentheses() throws SelectorException {
    assertThat(CompiledSelector.toSql(LONG))
        .isEqualTo("(([a] = 1) AND ([b] <> 'it''s')) OR (NOT ([c] >= 2500.0))");
    StringBuilder chain = new StringBuilder("{'ident',<<\"a\">>}");
    for (int i = 0; i < 120; i++) {
      chain.insert(0, "{'or',").append(",{'ident',<<\"a\">>}}");
    }
    assertThat(Selector.parseCompiled(chain + ".").matches(Sample.of(Properties.NONE, yes("a"))))
        .isTrue();
  }

  @Test
  void namesAreThoseOfHeadersOnly() throws SelectorException {
    Selector selector = Selector.parseCompiled("{'=',{'ident',<<\"JMSPriority\">>},7}.");
    assertThat(
            selector.matches(
                Sample.of(Properties.NONE, new Header("JMSPriority", new Value.Int(7)))))
        .isTrue();
    assertThat(selector.matches(Sample.of(Properties.NONE))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "color = 'red'",
        "{'=',{'ident',<<\"a\">>},1}. 2",
        "{'exec',{'ident',<<\"a\">>},1}.",
        "{'and','true'}.",
        "{'=',1,2,3}.",
        "{'in',1,2,3}.",
        "{}.",
        "[].",
        "<<\"a>>",
        "<<1,2>>",
        "{'is_null',1}.",
        "{'like',{'ident',<<\"a\">>},1,'no_escape'}."
      })
  void whatIsNoSelectorIsRefusedWithItsPlace(String term) {
    assertThatThrownBy(() -> Selector.parseCompiled(term))
        .isInstanceOf(SelectorException.class)
        .hasMessageStartingWith("selector: expected ");
  }

  @Test
  void depthAndLengthAreBounded() {
    String deep = "{'not',".repeat(100_000);
    assertThatThrownBy(() -> CompiledSelector.toSql(deep))
        .isInstanceOf(SelectorException.class)
        .hasMessageContaining("at most 200 terms inside each other");
    assertThatThrownBy(() -> Selector.parseCompiled(deep))
        .isInstanceOf(SelectorException.class)
        .hasMessageContaining("at most 8192 characters");
  }

  @Test
  void anyMutationIsReadOrRefused() {
    Random random = new Random(9);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder mutated = new StringBuilder(LONG);
      for (int n = random.nextInt(4); n >= 0 && !mutated.isEmpty(); n--) {
        int at = random.nextInt(mutated.length());
        switch (random.nextInt(3)) {
          case 0 -> mutated.setCharAt(at, LONG.charAt(random.nextInt(LONG.length())));
          case 1 -> mutated.deleteCharAt(at);
          default -> mutated.setLength(at + 1);
        }
      }
      try {
        Selector.parseCompiled(mutated.toString());
      } catch (SelectorException expected) {
        assertThat(expected.offset()).isNotNegative();
      }
    }
  }

  private static Header yes(String name) {
    return new Header(name, new Value.Bool(true));
  }
}
