package dev.pel.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * What can be told of the expression of a key before the first call: it is made of the arguments, and of nothing else. A misspelt name would
 * be null in each call, and a forgotten '#' a property of nothing.
 */
final class KeyRules {
    private final MarkedMethod marked;
    private final String text;
    private final List<String> known;
    private final boolean hasNames;

    /**
     * For one key.
     *
     * @param marked the method
     * @param text the expression, as it is shown
     * @param names those of the parameters; null when the compiler has left them out
     */
    KeyRules(MarkedMethod marked, String text, @Nullable String @Nullable [] names) {
        this.marked = marked;
        this.text = text;
        this.known = known(marked.method(), names);
        this.hasNames = names != null;
    }

    /** The names first, since they are what one would write. */
    private static List<String> known(Method method, @Nullable String @Nullable [] names) {
        List<String> all = new ArrayList<>();
        if (names != null) {
            for (String name : names) {
                if (!"root".equals(name) && !"this".equals(name)) { // SpEL has its own
                    all.add("#" + name);
                }
            }
        }
        for (String prefix : List.of("#p", "#a")) {
            for (int i = 0; i < method.getParameterCount(); i++) {
                all.add(prefix + i);
            }
        }
        return all;
    }

    /**
     * Looks at an expression.
     *
     * @param root the whole of it
     * @throws InvalidCallMethodException when it could not work
     */
    void check(SpelNode root) {
        check(root, true, false);
    }

    /**
     * Looks at a part. Within {@code #orders.![id]} a property is that of an element; the arguments of a method are expressions of
     * their own.
     *
     * @param ofNothing whether a property that stands here alone is one of nothing
     * @param ofElement whether there is an element that #this can be
     */
    private void check(SpelNode node, boolean ofNothing, boolean ofElement) {
        checkItself(node, ofNothing, ofElement);
        for (int i = 0; i < node.getChildCount(); i++) {
            boolean isLater = node instanceof CompoundExpression && i > 0;
            boolean isNameInMap = node instanceof InlineMap && i % 2 == 0;
            check(
                    node.getChild(i),
                    !isLater && !isNameInMap && !hasElements(node) && (ofNothing || isCall(node)),
                    ofElement || hasElements(node));
        }
    }

    private static boolean hasElements(SpelNode node) {
        return node instanceof Projection || node instanceof Selection;
    }

    private static boolean isCall(SpelNode node) {
        return node instanceof MethodReference;
    }

    private void checkItself(SpelNode node, boolean ofNothing, boolean ofElement) {
        String shown = node.toStringAST();
        if (node instanceof BeanReference) {
            throw wrong("names the bean '%s', but is made of arguments only.".formatted(shown), "");
        }
        if (node instanceof Assign || node instanceof OpInc || node instanceof OpDec) {
            throw broken(
                    marked,
                    text,
                    "would change an argument by '%s'.".formatted(shown),
                    "Only read the arguments; to compare, write ==.");
        }
        boolean isOfSpel = shown.equals("#root") || (shown.equals("#this") && !ofElement);
        if (isOfSpel && node instanceof VariableReference) {
            throw wrong("says '%s', a name of SpEL's own that stands for nothing here.".formatted(shown), "");
        }
        boolean isUnknown = node instanceof VariableReference && !known.contains(shown) && !shown.equals("#this");
        if (isUnknown || node instanceof FunctionReference) {
            throw wrong("has no parameter '%s'.".formatted(shown), "");
        }
        if (ofNothing && (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
            throw wrong("says '%s' of nothing.".formatted(shown), " Or is it '#%s'?".formatted(shown));
        }
    }

    private InvalidCallMethodException wrong(String problem, String more) {
        String action = known.isEmpty()
                ? "The method has no parameters: write a constant, as 'orders' in quotes."
                : "Begin with one of %s.%s".formatted(String.join(", ", known), more);
        String names =
                hasNames || known.isEmpty() ? "" : " Compile with -parameters to use the names of the parameters.";
        return broken(marked, text, problem, action + names);
    }

    static InvalidCallMethodException broken(MarkedMethod marked, String text, String problem, String action) {
        return new InvalidCallMethodException(
                marked, "The key of %s, '%s', %s".formatted(marked.title(), text, problem), action);
    }
}
