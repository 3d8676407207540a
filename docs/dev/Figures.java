import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;

/**
 * Prints figures about the structure of a Maven module: sizes of classes and methods, cycles, assertions, Javadoc. Needs a JDK
 * and the compiled classes, nothing else:
 *
 * <pre>
 * mvn -q compile -pl pel-core
 * java docs/dev/Figures.java pel-core
 * java docs/dev/Figures.java --table ../before/pel-core pel-core
 * java docs/dev/Figures.java --check pel-core
 * </pre>
 *
 * <p>Several directories make several columns, and {@code --table} prints Markdown. {@code --check} prints instead what is larger than it
 * shall be, and ends with 1 when there is such a thing: a class of more than 320 lines, a nine-tenth of more than 150, a cycle of more than
 * ten classes. What is counted:
 *
 * <ul>
 *   <li>A line of code is a line that is not blank without its comments, and neither an import nor the package.
 *   <li>The lines of a class are those of a top-level type, nested types included; the lines of a method, those from its
 *       signature to its closing brace, without annotations.
 *   <li>A cycle is a set of top-level classes each of which needs each other one, directly or by way of others.
 *   <li>A class says that it is confined when the comment of a field says so, or its own in a sentence that begins with
 *       "Confined". It is asserted when there is an {@code assert} in it, or in a class to which such a comment links as the
 *       one that asserts it.
 *   <li>A spin lock is looked for by the names of the methods that one method calls, so the list is a hint, not a proof.
 *   <li>Public is what other packages see. What overrides a method has the Javadoc of that one, the compact constructor of a
 *       record that of the record.
 * </ul>
 */
final class Figures {
    private static final int SHORT_METHOD = 10;
    private static final int MANY_LINES = 300;
    private static final int LARGEST = 5;

    private static final int MOST_LINES = 320;
    private static final int MOST_LINES_OF_NINE_TENTHS = 150;
    private static final int LARGEST_CYCLE = 10;

    private Figures() {}

    public static void main(String[] arguments) throws IOException {
        List<String> directories = new ArrayList<>(List.of(arguments));
        boolean table = directories.remove("--table");
        boolean check = directories.remove("--check");
        if (directories.isEmpty() || (table && check) || directories.stream().anyMatch(name -> name.startsWith("-"))) {
            System.err.println("usage: java Figures.java [--table | --check] <directory of a module>...");
            System.exit(2);
        }
        if (check) {
            System.exit(check(directories) ? 0 : 1);
        }
        List<Map<String, String>> columns = new ArrayList<>();
        for (String directory : directories) {
            columns.add(figures(Path.of(directory)));
        }
        print(directories, columns, table);
    }

    /** Whether nothing is larger than it shall be. */
    private static boolean check(List<String> directories) throws IOException {
        List<String> excesses = new ArrayList<>();
        for (String directory : directories) {
            excesses.addAll(excesses(Path.of(directory)));
        }
        excesses.forEach(System.out::println);
        return excesses.isEmpty();
    }

    private static List<String> excesses(Path module) throws IOException {
        Map<String, Integer> types = Sources.of(module.resolve("src/main/java")).types();
        ClassGraph graph = ClassGraph.of(module.resolve("target/classes"));
        graph.requireClasses(types.keySet(), module);
        List<String> excesses = new ArrayList<>();
        types.forEach((type, lines) -> {
            if (lines > MOST_LINES) {
                excesses.add("%s has %d lines of code, more than %d".formatted(type, lines, MOST_LINES));
            }
        });
        int nineTenths = percentile(types.values().stream().sorted().toList(), 90);
        if (nineTenths > MOST_LINES_OF_NINE_TENTHS) {
            excesses.add("A tenth of the classes of %s have %d lines of code or more; nine tenths shall have at most %d"
                    .formatted(module, nineTenths, MOST_LINES_OF_NINE_TENTHS));
        }
        Set<String> cycle = graph.largestCycle();
        if (cycle.size() > LARGEST_CYCLE) {
            excesses.add("%d classes need each other, more than %d: %s"
                    .formatted(cycle.size(), LARGEST_CYCLE, String.join(", ", cycle)));
        }
        return excesses;
    }

    private static void print(List<String> directories, List<Map<String, String>> columns, boolean table) {
        if (table) {
            System.out.println("| figure | " + String.join(" | ", directories) + " |");
            System.out.println("|---" + "|---".repeat(columns.size()) + "|");
        }
        for (String figure : columns.get(0).keySet()) {
            List<String> values = columns.stream().map(column -> column.get(figure)).toList();
            System.out.println(
                    table
                            ? "| " + figure + " | " + String.join(" | ", values) + " |"
                            : figure + ": " + String.join("  |  ", values));
        }
    }

    private static Map<String, String> figures(Path module) throws IOException {
        Sources main = Sources.of(module.resolve("src/main/java"));
        Sources test = Sources.of(module.resolve("src/test/java"));
        ClassGraph graph = ClassGraph.of(module.resolve("target/classes"));
        graph.requireClasses(main.types().keySet(), module);

        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("top-level classes", "" + main.types().size());
        figures.put("lines of code, main", "" + main.lines());
        figures.put("lines of code, test", "" + test.lines());
        putSizes(figures, main.types());
        List<Integer> methods = main.methodSizes();
        long shortOnes = methods.stream().filter(lines -> lines <= SHORT_METHOD).count();
        figures.put("methods of at most " + SHORT_METHOD + " lines", share(shortOnes, methods.size()));
        Set<String> cycle = graph.largestCycle();
        figures.put("classes in the largest cycle", cycle.size() + " of " + main.types().size());
        figures.put("members of the largest cycle", orNone(cycle));
        figures.put("assert statements", "" + main.asserts());
        figures.put("@GuardedBy", "" + main.guarded());
        figures.put("fields said to be confined", "" + main.confinedFields());
        figures.put("classes that say confined, which no class asserts", orNone(main.unassertedTypes()));
        figures.put("methods that compare-and-set and yield (spin locks)", orNone(main.spinLocks()));
        figures.put("other methods that yield in a loop (spin waits)", orNone(main.spinWaits()));
        figures.put("public types and members with Javadoc", share(main.documented(), main.publicElements()));
        figures.put("public types and members without Javadoc", orNone(main.undocumented()));
        return figures;
    }

    private static void putSizes(Map<String, String> figures, Map<String, Integer> types) {
        List<Integer> sizes = types.values().stream().sorted().toList();
        long inLarge = sizes.stream().filter(lines -> lines > MANY_LINES).count();
        figures.put(
                "lines of a class, p50 / p90 / largest",
                percentile(sizes, 50) + " / " + percentile(sizes, 90) + " / " + percentile(sizes, 100));
        figures.put("classes of more than " + MANY_LINES + " lines", "" + inLarge);
        figures.put(
                "largest classes",
                types.entrySet().stream()
                        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                        .limit(LARGEST)
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
    }

    /** The smallest value that is not smaller than so many per cent of all. */
    private static int percentile(List<Integer> sorted, int percent) {
        int rank = (sorted.size() * percent + 99) / 100;
        return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, rank - 1));
    }

    private static String share(long part, long all) {
        return all == 0 ? "none" : String.format(Locale.ROOT, "%.1f %% (%d of %d)", 100.0 * part / all, part, all);
    }

    private static String orNone(Iterable<String> names) {
        String joined = String.join(", ", names);
        return joined.isEmpty() ? "none" : joined;
    }
}

/** All source files below a directory, parsed. */
record Sources(List<SourceFile> files) {

    static Sources of(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return new Sources(List.of());
        }
        List<Path> paths;
        try (Stream<Path> all = Files.walk(directory)) {
            paths = all.filter(path -> path.toString().endsWith(".java")).sorted().toList();
        }
        if (paths.isEmpty()) {
            return new Sources(List.of());
        }
        JavaCompiler compiler = javax.tools.ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(paths));
            DocTrees trees = DocTrees.instance(task);
            List<SourceFile> files = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                files.add(new SourceFile(unit, trees));
            }
            return new Sources(files);
        }
    }

    int lines() {
        return files.stream().mapToInt(SourceFile::lines).sum();
    }

    /** The lines of code of each top-level type, nested ones included. */
    Map<String, Integer> types() {
        Map<String, Integer> types = new TreeMap<>();
        files.forEach(file -> types.putAll(file.types));
        return types;
    }

    List<Integer> methodSizes() {
        return files.stream().flatMap(file -> file.methodSizes.stream()).toList();
    }

    int asserts() {
        return files.stream().mapToInt(file -> file.asserts).sum();
    }

    int guarded() {
        return files.stream().mapToInt(file -> file.guarded).sum();
    }

    int confinedFields() {
        return files.stream().mapToInt(file -> file.confinedFields).sum();
    }

    List<String> unassertedTypes() {
        Set<String> asserting = files.stream()
                .flatMap(file -> file.assertingTypes.stream())
                .collect(Collectors.toSet());
        return files.stream()
                .flatMap(file -> file.confinedTypes.entrySet().stream())
                .filter(type -> Collections.disjoint(asserting, type.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    List<String> spinLocks() {
        return files.stream().flatMap(file -> file.spinLocks.stream()).toList();
    }

    List<String> spinWaits() {
        return files.stream().flatMap(file -> file.spinWaits.stream()).toList();
    }

    int documented() {
        return publicElements() - undocumented().size();
    }

    int publicElements() {
        return files.stream().mapToInt(file -> file.publicElements).sum();
    }

    List<String> undocumented() {
        return files.stream().flatMap(file -> file.undocumented.stream()).toList();
    }
}

/** What one source file contributes. */
final class SourceFile {
    private static final Pattern CONFINED = Pattern.compile("\\bconfined\\b", Pattern.CASE_INSENSITIVE);

    /** Not in the middle of a sentence, which may be about something else. */
    private static final Pattern CONFINED_TYPE = Pattern.compile("\\bConfined\\b");

    private static final Pattern LINKED = Pattern.compile("\\{@link (\\w+)[^}]*}(?=[^.]*\\bassert)");

    private static final Pattern COMPARE_AND_SET = Pattern.compile("(weakC|c)ompareAnd(Set|Exchange)\\w*|getAndSet\\w*");
    private static final Set<String> YIELDS = Set.of("giveWay", "onSpinWait", "yield");
    private static final Pattern IMPORT = Pattern.compile("(import|package)\\b[^;]*;");

    final Map<String, Integer> types = new TreeMap<>();
    final List<Integer> methodSizes = new ArrayList<>();
    final List<String> spinLocks = new ArrayList<>();
    final List<String> spinWaits = new ArrayList<>();
    final List<String> undocumented = new ArrayList<>();

    /** The classes that say so, each with those that may assert it. */
    final Map<String, Set<String>> confinedTypes = new TreeMap<>();

    final Set<String> assertingTypes = new TreeSet<>();
    int asserts;
    int guarded;
    int confinedFields;
    int publicElements;

    private final CompilationUnitTree unit;
    private final DocTrees trees;
    private final String source;
    private final String code;

    SourceFile(CompilationUnitTree unit, DocTrees trees) throws IOException {
        this.unit = unit;
        this.trees = trees;
        this.source = unit.getSourceFile().getCharContent(true).toString();
        this.code = Comments.blanked(source);
        for (Tree type : unit.getTypeDecls()) {
            if (type instanceof ClassTree declared) {
                types.put(declared.getSimpleName().toString(), lines(start(type), end(type)));
            }
        }
        new Visitor().scan(unit, null);
    }

    int lines() {
        return (int) code.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !IMPORT.matcher(line).matches())
                .count();
    }

    private int lines(int from, int to) {
        return (int) code.substring(from, to).lines().filter(line -> !line.isBlank()).count();
    }

    private int start(Tree tree) {
        return (int) positions().getStartPosition(unit, tree);
    }

    private int end(Tree tree) {
        return (int) positions().getEndPosition(unit, tree);
    }

    private SourcePositions positions() {
        return trees.getSourcePositions();
    }

    private final class Visitor extends TreePathScanner<Void, Void> {
        private final Deque<String> names = new ArrayDeque<>();

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            names.addLast(type.getSimpleName().toString());
            String comment = commentBefore(type);
            if (CONFINED_TYPE.matcher(comment).find()) {
                confined(comment);
            }
            countPublic(type.getModifiers(), isPublic(getCurrentPath()), false);
            super.visitClass(type, nothing);
            names.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            names.addLast(method.getName().toString());
            if (method.getBody() != null) {
                recordSpin(method);
                methodSizes.add(lines(endOfAnnotations(method), end(method)));
            }
            // The Javadoc of what is overridden, and of the record, tells what these do.
            boolean told = has(method.getModifiers(), "Override") || isCompactConstructor(method);
            countPublic(method.getModifiers(), isPublic(getCurrentPath()), told);
            super.visitMethod(method, nothing);
            names.removeLast();
            return null;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type && !isComponent(variable, type)) {
                names.addLast(variable.getName().toString());
                String comment = commentBefore(variable) + commentBehind(variable);
                if (CONFINED.matcher(comment).find()) {
                    confined(comment);
                    confinedFields++;
                }
                countPublic(variable.getModifiers(), isPublic(getCurrentPath()), false);
                names.removeLast();
            }
            return super.visitVariable(variable, nothing);
        }

        private void confined(String comment) {
            Set<String> asserting = confinedTypes.computeIfAbsent(names.getFirst(), type -> new TreeSet<>());
            asserting.add(names.getFirst());
            LINKED.matcher(comment.replaceAll("\\s+", " ")).results().forEach(link -> asserting.add(link.group(1)));
        }

        @Override
        public Void visitAssert(AssertTree statement, Void nothing) {
            asserts++;
            assertingTypes.add(names.getFirst());
            return super.visitAssert(statement, nothing);
        }

        @Override
        public Void visitAnnotation(AnnotationTree annotation, Void nothing) {
            if (simpleName(annotation).equals("GuardedBy")) {
                guarded++;
            }
            return super.visitAnnotation(annotation, nothing);
        }

        /** The loop around a lock may stand in the callers, the one around a wait may not. */
        private void recordSpin(MethodTree method) {
            Calls calls = new Calls();
            calls.scan(method.getBody(), null);
            if (calls.names.stream().noneMatch(YIELDS::contains)) {
                return;
            }
            if (calls.names.stream().anyMatch(name -> COMPARE_AND_SET.matcher(name).matches())) {
                spinLocks.add(name());
            } else if (calls.yieldsInLoop) {
                spinWaits.add(name());
            }
        }

        private void countPublic(ModifiersTree modifiers, boolean isPublic, boolean told) {
            if (!isPublic || told) {
                return;
            }
            publicElements++;
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment == null) {
                undocumented.add(name());
            }
        }

        private String name() {
            return names.stream().filter(name -> !name.isEmpty()).collect(Collectors.joining(".")); // some are anonymous
        }
    }

    /** The names of the methods that are called within a tree. */
    private static final class Calls extends TreeScanner<Void, Void> {
        final Set<String> names = new TreeSet<>();
        boolean yieldsInLoop;
        private int loops;

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            String target = call.getMethodSelect().toString();
            String name = target.substring(target.lastIndexOf('.') + 1);
            names.add(name);
            yieldsInLoop |= loops > 0 && YIELDS.contains(name);
            return super.visitMethodInvocation(call, nothing);
        }

        @Override
        public Void visitWhileLoop(WhileLoopTree loop, Void nothing) {
            loops++;
            super.visitWhileLoop(loop, nothing);
            loops--;
            return null;
        }

        @Override
        public Void visitDoWhileLoop(DoWhileLoopTree loop, Void nothing) {
            loops++;
            super.visitDoWhileLoop(loop, nothing);
            loops--;
            return null;
        }

        @Override
        public Void visitForLoop(ForLoopTree loop, Void nothing) {
            loops++;
            super.visitForLoop(loop, nothing);
            loops--;
            return null;
        }
    }

    /** Whether users of the package can see it: it and all around it is public or protected, or a member of an interface. */
    private static boolean isPublic(TreePath path) {
        for (TreePath at = path; at != null; at = at.getParentPath()) {
            Tree leaf = at.getLeaf();
            Tree parent = at.getParentPath() == null ? null : at.getParentPath().getLeaf();
            if (leaf instanceof CompilationUnitTree) {
                return true;
            }
            ModifiersTree modifiers = modifiersOf(leaf);
            if (modifiers == null) {
                return false; // within a method
            }
            boolean ofInterface = parent instanceof ClassTree type
                    && (type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE)
                    && !modifiers.getFlags().contains(Modifier.PRIVATE);
            if (!ofInterface
                    && !modifiers.getFlags().contains(Modifier.PUBLIC)
                    && !modifiers.getFlags().contains(Modifier.PROTECTED)) {
                return false;
            }
        }
        return true;
    }

    private static ModifiersTree modifiersOf(Tree tree) {
        if (tree instanceof ClassTree type) {
            return type.getModifiers();
        }
        if (tree instanceof MethodTree method) {
            return method.getModifiers();
        }
        return tree instanceof VariableTree variable ? variable.getModifiers() : null;
    }

    private static boolean has(ModifiersTree modifiers, String annotation) {
        return modifiers.getAnnotations().stream().anyMatch(each -> simpleName(each).equals(annotation));
    }

    private static String simpleName(AnnotationTree annotation) {
        String name = annotation.getAnnotationType().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Where the signature of a method begins: behind the annotations that stand before it. */
    private int endOfAnnotations(MethodTree method) {
        return method.getModifiers().getAnnotations().stream()
                .mapToInt(this::end)
                .max()
                .orElse(start(method));
    }

    private boolean isCompactConstructor(MethodTree method) {
        return method.getName().contentEquals("<init>")
                && method.getBody() != null
                && code.substring(start(method), start(method.getBody())).indexOf('(') < 0;
    }

    /** A component of a record is parsed like a field; the Javadoc of the record tells what it is. */
    private boolean isComponent(VariableTree variable, ClassTree type) {
        return type.getKind() == Tree.Kind.RECORD && !variable.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    /** What stands between a declaration and the code before it. */
    private String commentBefore(Tree tree) {
        int begin = start(tree);
        int from = begin;
        while (from > 0 && Character.isWhitespace(code.charAt(from - 1))) {
            from--;
        }
        int nextLine = source.indexOf('\n', from);
        // The rest of the line with that code is a comment about that code.
        return nextLine < 0 || nextLine >= begin ? "" : source.substring(nextLine, begin);
    }

    /** What stands behind a declaration on its last line. */
    private String commentBehind(Tree tree) {
        int end = end(tree);
        int endOfLine = source.indexOf('\n', end);
        return source.substring(end, endOfLine < 0 ? source.length() : endOfLine);
    }
}

/** Tells comments from code. */
final class Comments {
    private static final Pattern TOKEN = Pattern.compile(
            "\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+'|//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern VISIBLE = Pattern.compile("[^\n]");

    private Comments() {}

    /** The source with a blank for each character of a comment, so that all else stays where it is. */
    static String blanked(String source) {
        Matcher token = TOKEN.matcher(source);
        StringBuilder code = new StringBuilder();
        while (token.find()) {
            String text = token.group();
            String kept = text.startsWith("/") ? VISIBLE.matcher(text).replaceAll(" ") : text;
            token.appendReplacement(code, Matcher.quoteReplacement(kept));
        }
        return token.appendTail(code).toString();
    }
}

/** Which top-level class of a directory needs which other one, as {@code jdeps} reads it from the compiled classes. */
record ClassGraph(Map<String, Set<String>> edges) {
    private static final Pattern EDGE = Pattern.compile("\\s+(\\S+)\\s+->\\s+(\\S+)\\s+(\\S.*)");

    static ClassGraph of(Path classes) {
        if (!Files.isDirectory(classes)) {
            throw new IllegalArgumentException("No compiled classes in %s: run 'mvn compile' there".formatted(classes));
        }
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int result = ToolProvider.findFirst("jdeps")
                .orElseThrow(() -> new IllegalStateException("This needs a JDK with jdeps"))
                .run(
                        new PrintWriter(output, true),
                        new PrintWriter(errors, true),
                        "--ignore-missing-deps",
                        "--multi-release",
                        "base",
                        "-verbose:class",
                        "-filter:none",
                        classes.toString());
        if (result != 0) {
            throw new IllegalStateException("jdeps ended with %d: %s%s".formatted(result, output, errors));
        }
        return new ClassGraph(edges(output.toString(), classes.getFileName().toString()));
    }

    private static Map<String, Set<String>> edges(String output, String archive) {
        Map<String, Set<String>> edges = new TreeMap<>();
        output.lines().map(EDGE::matcher).filter(Matcher::matches).forEach(edge -> {
            String from = topLevel(edge.group(1));
            Set<String> needs = edges.computeIfAbsent(from, name -> new TreeSet<>());
            if (edge.group(3).strip().equals(archive)) {
                needs.add(topLevel(edge.group(2)));
            }
        });
        edges.values().forEach(needs -> needs.retainAll(edges.keySet()));
        return edges;
    }

    private static String topLevel(String name) {
        return name.replaceFirst("\\$.*", "").replaceFirst(".*\\.", "");
    }

    /** Fails when a source has no compiled class, or the other way round: then the figures would be those of another state. */
    void requireClasses(Set<String> sources, Path module) {
        Set<String> compiled = new TreeSet<>(edges.keySet());
        compiled.remove("package-info");
        compiled.remove("module-info");
        if (!compiled.equals(new TreeSet<>(sources))) {
            Set<String> differing = new TreeSet<>(sources);
            differing.removeAll(compiled);
            compiled.removeAll(sources);
            differing.addAll(compiled);
            throw new IllegalArgumentException(
                    "Sources and compiled classes of %s differ in %s: run 'mvn clean compile' there"
                            .formatted(module, differing));
        }
    }

    /** The largest set of classes each of which needs each other one, directly or by others; empty when there is no cycle. */
    Set<String> largestCycle() {
        return components().stream()
                .filter(component -> component.size() > 1)
                .max(Comparator.comparingInt(Set::size))
                .orElse(Set.of());
    }

    /** Strongly connected components, by reachability: there are few classes. */
    private List<Set<String>> components() {
        Map<String, Set<String>> reachable = new HashMap<>();
        edges.keySet().forEach(name -> reachable.put(name, reachableFrom(name)));
        return edges.keySet().stream()
                .map(name -> reachable.get(name).stream()
                        .filter(other -> reachable.get(other).contains(name))
                        .collect(Collectors.toCollection(TreeSet::new)))
                .map(component -> (Set<String>) component)
                .distinct()
                .toList();
    }

    private Set<String> reachableFrom(String name) {
        Set<String> seen = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(edges.get(name));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next)) {
                open.addAll(edges.get(next));
            }
        }
        return seen;
    }
}
