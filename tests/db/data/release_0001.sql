BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE analysis (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	spectrum_id INTEGER NOT NULL, 
	pellet_geometry_id INTEGER, 
	engine_version VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	reasons JSON NOT NULL, 
	circuit_string VARCHAR, 
	r_total_ohm FLOAT, 
	r_total_ohm_sd FLOAT, 
	sigma_total_s_cm FLOAT, 
	sigma_total_s_cm_sd FLOAT, 
	sigma_25_s_cm FLOAT, 
	sigma_25_s_cm_sd FLOAT, 
	temperature_c FLOAT, 
	temperature_c_sd FLOAT, 
	temperature_source VARCHAR, 
	kk_rms FLOAT, 
	document JSON NOT NULL, 
	made_by VARCHAR NOT NULL, 
	CONSTRAINT pk_analysis PRIMARY KEY (id), 
	CONSTRAINT ck_analysis_rejected_has_no_number CHECK (verdict <> 'rejected' OR (r_total_ohm IS NULL AND sigma_total_s_cm IS NULL AND sigma_25_s_cm IS NULL)), 
	CONSTRAINT ck_analysis_verdict CHECK (verdict IN ('accepted', 'review', 'rejected')), 
	CONSTRAINT fk_analysis_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_analysis_pellet_geometry_id_pellet_geometry FOREIGN KEY(pellet_geometry_id) REFERENCES pellet_geometry (id), 
	CONSTRAINT fk_analysis_spectrum_id_spectrum FOREIGN KEY(spectrum_id) REFERENCES spectrum (id)
);
INSERT INTO "analysis" VALUES(1,1,'2026-11-20 08:28:00.000000',1,1,'1','accepted','["good"]',NULL,58.0,0.3,0.00096,2.0e-05,0.00096,2.0e-05,25.0,NULL,NULL,0.001,'{"chi2": 0.0001}','nasicon');
CREATE TABLE assignment (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	sample_id INTEGER, 
	pellet_id INTEGER, 
	how VARCHAR NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (id), 
	CONSTRAINT fk_assignment_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_assignment_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id), 
	CONSTRAINT fk_assignment_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_assignment_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "assignment" VALUES(1,1,'2026-11-20 08:28:00.000000',1,1,1,'file name');
CREATE TABLE file_state (
	lab_id INTEGER NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER, 
	is_refused BOOLEAN NOT NULL, 
	is_duplicate BOOLEAN NOT NULL, 
	sample_id INTEGER, 
	pellet_id INTEGER, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_file_state PRIMARY KEY (raw_file_id), 
	CONSTRAINT fk_file_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_file_state_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id), 
	CONSTRAINT fk_file_state_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_file_state_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "file_state" VALUES(1,1,1,0,0,1,1,'analysed');
CREATE TABLE firing (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	step VARCHAR NOT NULL, 
	temperature_c FLOAT NOT NULL, 
	hours FLOAT NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_firing PRIMARY KEY (id), 
	CONSTRAINT fk_firing_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_firing_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "firing" VALUES(1,1,'2026-11-20 08:21:00.000000',1,'calcination',1100.0,12.0,'');
INSERT INTO "firing" VALUES(2,1,'2026-11-20 08:21:00.000000',1,'sintering',1220.0,24.0,'');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	subject_id INTEGER NOT NULL, 
	data JSON NOT NULL, 
	fact VARCHAR, 
	fact_id INTEGER, 
	digest VARCHAR, 
	CONSTRAINT pk_journal PRIMARY KEY (id), 
	CONSTRAINT fk_journal_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
INSERT INTO "journal" VALUES(1,1,'2026-11-20 08:14:00.000000','nasicon train','model.trained','model_run',1,'{"number": 1, "data_hash": "d1", "trigger": "command", "lessons": []}','model_run',1,'204bb45b44e7c695c75a1aa07758df88f453420d2ab275d40d7d3bf0c3b34d17');
INSERT INTO "journal" VALUES(2,1,'2026-11-20 08:14:00.000000','nasicon train','suggestion.made','suggestion',1,'{"number": 1, "formula": "Na3.4Zr1.8Mg0.2Si2PO12", "batch": 1}','suggestion',1,'5f5fc2760c936e0383f0f610e9d295eb17c51765105dfca226db719e49529e2e');
INSERT INTO "journal" VALUES(3,1,'2026-11-20 08:14:00.000000','nasicon train','model.predicted','model_run',1,'{"n": 2, "digest": "357a94a6fdef8384f47aecfadad20e43d5f68dab770ebdaa527935a0b24c7059"}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(4,1,'2026-11-20 08:14:00.000000','nasicon train','literature.added','literature',1,'{"formula": "Na3Zr2Si2PO12", "dataset": "shipped"}','literature',1,'d6fa66e98679a5e3e25943badd30a39d1e3c620dca60a195bf30a37c4aa84bee');
INSERT INTO "journal" VALUES(5,1,'2026-11-20 08:21:00.000000','Ada','sample.created','sample',1,'{"label": "NL-0001", "suggestion_id": 1}','sample',1,'2c80c3ad0db90835dd6be0e21ba567bc7cf2cffcdeca82b65374ec46e8a347f9');
INSERT INTO "journal" VALUES(6,1,'2026-11-20 08:21:00.000000','Ada','recipe.made','sample',1,'{"version": 1}','recipe',1,'a07c8094d46c2f3ec3a360dbdc82ff5cec4ce0f15393b47e837c6e34cb65a117');
INSERT INTO "journal" VALUES(7,1,'2026-11-20 08:21:00.000000','Ada','sample.weighed','sample',1,'{}','weighing',1,'f70b463afc93f4af7c3f98c81032bc2ef900d3c2578d37eeda1df36d606a5cf7');
INSERT INTO "journal" VALUES(8,1,'2026-11-20 08:21:00.000000','Ada','sample.fired','sample',1,'{"step": "calcination"}','firing',1,'25287fd3135d18ccf3ff992ad9ffddf79a94ea41548449ec7f32fc583705bb38');
INSERT INTO "journal" VALUES(9,1,'2026-11-20 08:21:00.000000','Ada','sample.fired','sample',1,'{"step": "sintering"}','firing',2,'2b0dbf0cbae4114a8a9ad7c69960204424aa32a74e8d17d6d7c33904bf7bb79d');
INSERT INTO "journal" VALUES(10,1,'2026-11-20 08:21:00.000000','Ada','pellet.made','pellet',1,'{"sample_id": 1, "label": "NL-0001-P1"}','pellet',1,'76661fe0beed859c3fe1b504d51e0476c53df34fccd576620514e4562bfaf3ed');
INSERT INTO "journal" VALUES(11,1,'2026-11-20 08:28:00.000000','nasicon import','file.imported','raw_file',1,'{"sha256": "9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687", "name": "NL-0001_a.csv"}','raw_file',1,'467a6f7b45a56d525a8b893c246950102c75cbaa8ac4c0877a8a240d3ee0e947');
INSERT INTO "journal" VALUES(12,1,'2026-11-20 08:28:00.000000','nasicon import','file.read','raw_file',1,'{"reader": "xm_studio", "refusal": null, "duplicate_of": null}','reading',1,'4021ec7880a65190a3c93b74472d0ad6d1809e603eb76d35cf1e6dde8ae98a0f');
INSERT INTO "journal" VALUES(13,1,'2026-11-20 08:28:00.000000','nasicon import','spectrum.stored','raw_file',1,'{"reading_id": 1, "sweep": 1, "n_points": 3}','spectrum',1,'6678fa56cff49eb5e93853264f3de59de183484bba46311cea392e9743b39dc9');
INSERT INTO "journal" VALUES(14,1,'2026-11-20 08:28:00.000000','nasicon import','file.assigned','raw_file',1,'{"sample_id": 1, "pellet_id": 1, "how": "file name"}','assignment',1,'066e479d8d6e586e406685a625d7733e78a51803e255c575c7ec19b438cfa95f');
INSERT INTO "journal" VALUES(15,1,'2026-11-20 08:28:00.000000','nasicon import','pellet.measured','pellet',1,'{"given": ["electrode_diameter_cm", "mass_g", "thickness_cm"]}','pellet_geometry',1,'7725918602795375b470f47749b47fd3bc01916d113170f1ae4274b24bc378d1');
INSERT INTO "journal" VALUES(16,1,'2026-11-20 08:28:00.000000','nasicon import','analysis.made','analysis',1,'{"spectrum_id": 1, "raw_file_id": 1, "verdict": "accepted", "engine_version": "1", "geometry_id": 1, "geometry_pellet_id": 1, "has_sigma": true, "sigma_total_s_cm": 0.00096}','analysis',1,'21fe69dee599b4df304200e7d68d0770190fd3b980e8968423985bbf2db715d1');
INSERT INTO "journal" VALUES(17,1,'2026-11-20 08:28:00.000000','nasicon import','model.trained','model_run',2,'{"number": 2, "data_hash": "d2", "trigger": "automatic", "lessons": [[1, 0.05]]}','model_run',2,'13ab2ba3596076e4471c42bf0ba723c516bde5fd782a9ce0802ce185b21040f0');
CREATE TABLE lab (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	label_prefix VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lab PRIMARY KEY (id), 
	CONSTRAINT uq_lab_name UNIQUE (name)
);
INSERT INTO "lab" VALUES(1,'Electrolytes','NL','2026-11-20 08:07:00.000000');
CREATE TABLE lesson (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	model_run_id INTEGER NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	CONSTRAINT pk_lesson PRIMARY KEY (id), 
	CONSTRAINT fk_lesson_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_lesson_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_lesson_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_lesson_model_run_id_analysis_id UNIQUE (model_run_id, analysis_id)
);
INSERT INTO "lesson" VALUES(1,1,2,1,0.05);
CREATE TABLE literature (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	row_hash VARCHAR NOT NULL, 
	formula VARCHAR NOT NULL, 
	mobile_ion VARCHAR NOT NULL, 
	sigma_s_cm FLOAT NOT NULL, 
	temperature_c FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	activation_energy_ev FLOAT, 
	sintering_c FLOAT, 
	source VARCHAR NOT NULL, 
	doi VARCHAR, 
	dataset VARCHAR NOT NULL, 
	flags JSON NOT NULL, 
	is_usable BOOLEAN NOT NULL, 
	CONSTRAINT pk_literature PRIMARY KEY (id), 
	CONSTRAINT fk_literature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_literature_row_hash_lab_id UNIQUE (row_hash, lab_id)
);
INSERT INTO "literature" VALUES(1,1,'2026-11-20 08:14:00.000000','ccf725c0c0efb34eb8de4628ab8c08f88c551e6b0174debb82419990b009a56b','Na3Zr2Si2PO12','Na',0.00067,25.0,'total',NULL,NULL,'Hong 1976',NULL,'shipped','[]',1);
CREATE TABLE model_run (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	directory VARCHAR NOT NULL, 
	data_hash VARCHAR NOT NULL, 
	settings JSON NOT NULL, 
	metrics JSON NOT NULL, 
	n_literature_rows INTEGER NOT NULL, 
	n_lab_rows INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	"trigger" VARCHAR NOT NULL, 
	CONSTRAINT pk_model_run PRIMARY KEY (id), 
	CONSTRAINT fk_model_run_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_model_run_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "model_run" VALUES(1,1,'2026-11-20 08:14:00.000000',1,'models/1','d1','{"epochs": 3}','{"mae": 0.4}',1,0,7,'command');
INSERT INTO "model_run" VALUES(2,1,'2026-11-20 08:28:00.000000',2,'models/2','d2','{"epochs": 3}','{"mae": 0.3}',1,1,7,'automatic');
CREATE TABLE pellet (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	label VARCHAR NOT NULL, 
	CONSTRAINT pk_pellet PRIMARY KEY (id), 
	CONSTRAINT fk_pellet_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT uq_pellet_label_lab_id UNIQUE (label, lab_id), 
	CONSTRAINT uq_pellet_sample_id_number UNIQUE (sample_id, number)
);
INSERT INTO "pellet" VALUES(1,1,'2026-11-20 08:21:00.000000',1,1,'NL-0001-P1');
CREATE TABLE pellet_geometry (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	pellet_id INTEGER NOT NULL, 
	thickness_cm FLOAT, 
	thickness_cm_sd FLOAT, 
	electrode_diameter_cm FLOAT, 
	electrode_diameter_cm_sd FLOAT, 
	fired_diameter_cm FLOAT, 
	die_diameter_cm FLOAT, 
	mass_g FLOAT, 
	relative_density FLOAT, 
	CONSTRAINT pk_pellet_geometry PRIMARY KEY (id), 
	CONSTRAINT fk_pellet_geometry_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_geometry_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "pellet_geometry" VALUES(1,1,'2026-11-20 08:28:00.000000',1,0.112,NULL,1.6,NULL,NULL,NULL,0.598,NULL);
CREATE TABLE pellet_state (
	lab_id INTEGER NOT NULL, 
	pellet_id INTEGER NOT NULL, 
	has_thickness BOOLEAN NOT NULL, 
	has_electrode BOOLEAN NOT NULL, 
	geometry_id INTEGER, 
	CONSTRAINT pk_pellet_state PRIMARY KEY (pellet_id), 
	CONSTRAINT fk_pellet_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_state_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "pellet_state" VALUES(1,1,1,1,1);
CREATE TABLE prediction (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	model_run_id INTEGER NOT NULL, 
	formula VARCHAR NOT NULL, 
	log10_sigma_mean FLOAT NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	CONSTRAINT pk_prediction PRIMARY KEY (id), 
	CONSTRAINT fk_prediction_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_prediction_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_prediction_model_run_id_formula UNIQUE (model_run_id, formula)
);
INSERT INTO "prediction" VALUES(1,1,1,'Na3.4Zr1.8Mg0.2Si2PO12',-3.1,0.4);
INSERT INTO "prediction" VALUES(2,1,1,'Na3Zr2Si2PO12',-3.5,0.2);
CREATE TABLE raw_file (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_raw_file PRIMARY KEY (id), 
	CONSTRAINT fk_raw_file_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_raw_file_sha256_lab_id UNIQUE (sha256, lab_id)
);
INSERT INTO "raw_file" VALUES(1,1,'2026-11-20 08:28:00.000000','9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687',16,'NL-0001_a.csv');
CREATE TABLE reading (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	numbers_sha256 VARCHAR, 
	reader VARCHAR, 
	reader_version VARCHAR, 
	refusal VARCHAR, 
	duplicate_of INTEGER, 
	CONSTRAINT pk_reading PRIMARY KEY (id), 
	CONSTRAINT fk_reading_duplicate_of_raw_file FOREIGN KEY(duplicate_of) REFERENCES raw_file (id), 
	CONSTRAINT fk_reading_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_reading_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id)
);
INSERT INTO "reading" VALUES(1,1,'2026-11-20 08:28:00.000000',1,'n1','xm_studio','1',NULL,NULL);
CREATE TABLE recipe (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	document JSON NOT NULL, 
	CONSTRAINT pk_recipe PRIMARY KEY (id), 
	CONSTRAINT fk_recipe_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_recipe_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT uq_recipe_sample_id_version UNIQUE (sample_id, version)
);
INSERT INTO "recipe" VALUES(1,1,'2026-11-20 08:21:00.000000',1,1,'{"precursors": [{"name": "ZrO2", "mass_g": 3.78}]}');
CREATE TABLE retraction (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	who VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_retraction PRIMARY KEY (id), 
	CONSTRAINT fk_retraction_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_retraction_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
CREATE TABLE sample (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	label VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	target_formula VARCHAR NOT NULL, 
	suggestion_id INTEGER, 
	is_reference BOOLEAN NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_sample PRIMARY KEY (id), 
	CONSTRAINT fk_sample_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sample_suggestion_id_suggestion FOREIGN KEY(suggestion_id) REFERENCES suggestion (id), 
	CONSTRAINT uq_sample_label_lab_id UNIQUE (label, lab_id), 
	CONSTRAINT uq_sample_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "sample" VALUES(1,1,'2026-11-20 08:21:00.000000','NL-0001',1,'Na3.4Zr1.8Mg0.2Si2PO12',1,0,'first');
CREATE TABLE sample_state (
	lab_id INTEGER NOT NULL, 
	sample_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_sample_state PRIMARY KEY (sample_id), 
	CONSTRAINT fk_sample_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sample_state_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "sample_state" VALUES(1,1,'calcined');
CREATE TABLE sighting (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	path VARCHAR NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	CONSTRAINT pk_sighting PRIMARY KEY (id), 
	CONSTRAINT fk_sighting_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sighting_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id)
);
INSERT INTO "sighting" VALUES(1,1,'2026-11-20 08:28:00.000000',1,'/inbox/NL-0001_a.csv',1000000000000000000,16);
CREATE TABLE signature (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	decision VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_signature PRIMARY KEY (id), 
	CONSTRAINT ck_signature_decision CHECK (decision IN ('accepted', 'rejected')), 
	CONSTRAINT fk_signature_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_signature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
CREATE TABLE spectrum (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	sweep INTEGER NOT NULL, 
	n_points INTEGER NOT NULL, 
	frequency_blob BLOB NOT NULL, 
	impedance_blob BLOB NOT NULL, 
	metadata JSON NOT NULL, 
	temperature_c FLOAT, 
	temperature_c_sd FLOAT, 
	temperature_source VARCHAR, 
	CONSTRAINT pk_spectrum PRIMARY KEY (id), 
	CONSTRAINT fk_spectrum_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_spectrum_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_spectrum_reading_id_reading FOREIGN KEY(reading_id) REFERENCES reading (id), 
	CONSTRAINT uq_spectrum_reading_id_sweep UNIQUE (reading_id, sweep)
);
INSERT INTO "spectrum" VALUES(1,1,'2026-11-20 08:28:00.000000',1,1,1,3,X'00000000006AF8400000000000408F400000000000002440',X'0000000000805640000000000000F0BF000000000000594000000000000034C00000000000805B400000000000C072C0','{"n_sweeps": 1}',25.0,1.0,'command');
CREATE TABLE spectrum_state (
	lab_id INTEGER NOT NULL, 
	spectrum_id INTEGER NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	analysis_id INTEGER, 
	geometry_id INTEGER, 
	geometry_pellet_id INTEGER, 
	verdict VARCHAR, 
	has_sigma BOOLEAN NOT NULL, 
	decision VARCHAR, 
	is_retracted BOOLEAN NOT NULL, 
	was_retracted BOOLEAN NOT NULL, 
	standing VARCHAR NOT NULL, 
	CONSTRAINT pk_spectrum_state PRIMARY KEY (spectrum_id), 
	CONSTRAINT fk_spectrum_state_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_spectrum_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_spectrum_state_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_spectrum_state_reading_id_reading FOREIGN KEY(reading_id) REFERENCES reading (id), 
	CONSTRAINT fk_spectrum_state_spectrum_id_spectrum FOREIGN KEY(spectrum_id) REFERENCES spectrum (id)
);
INSERT INTO "spectrum_state" VALUES(1,1,1,1,1,1,1,'accepted',1,NULL,0,0,'teaches');
CREATE TABLE suggestion (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	model_run_id INTEGER, 
	formula VARCHAR NOT NULL, 
	dopant VARCHAR NOT NULL, 
	log10_sigma_mean FLOAT NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	quantiles JSON NOT NULL, 
	acquisition FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	batch INTEGER NOT NULL, 
	CONSTRAINT pk_suggestion PRIMARY KEY (id), 
	CONSTRAINT fk_suggestion_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_suggestion_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_suggestion_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "suggestion" VALUES(1,1,'2026-11-20 08:14:00.000000',1,1,'Na3.4Zr1.8Mg0.2Si2PO12','Mg',-3.1,0.4,'{"0.05": -3.8, "0.95": -2.5}',0.2,'near the best',1);
CREATE TABLE suggestion_state (
	lab_id INTEGER NOT NULL, 
	suggestion_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_suggestion_state PRIMARY KEY (suggestion_id), 
	CONSTRAINT fk_suggestion_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_suggestion_state_suggestion_id_suggestion FOREIGN KEY(suggestion_id) REFERENCES suggestion (id)
);
INSERT INTO "suggestion_state" VALUES(1,1,'accepted');
CREATE TABLE weighing (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	masses_g JSON NOT NULL, 
	weighed_formula VARCHAR NOT NULL, 
	batched_formula VARCHAR NOT NULL, 
	excess_fraction FLOAT NOT NULL, 
	operator VARCHAR NOT NULL, 
	CONSTRAINT pk_weighing PRIMARY KEY (id), 
	CONSTRAINT fk_weighing_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_weighing_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "weighing" VALUES(1,1,'2026-11-20 08:21:00.000000',1,'{"ZrO2": 3.781}','Na3.41Zr1.8Mg0.2Si2PO12','Na3.8Zr1.8Mg0.2Si2P1.1O12.4',0.15,'Ada');
CREATE INDEX ix_journal_event_lab_id ON journal (event, lab_id);
CREATE INDEX ix_journal_fact_fact_id_lab_id ON journal (fact, fact_id, lab_id);
CREATE INDEX ix_journal_subject_subject_id_lab_id ON journal (subject, subject_id, lab_id);
CREATE INDEX ix_literature_is_usable_lab_id ON literature (is_usable, lab_id);
CREATE INDEX ix_reading_duplicate_of ON reading (duplicate_of);
CREATE INDEX ix_reading_numbers_sha256_lab_id ON reading (numbers_sha256, lab_id);
CREATE INDEX ix_reading_raw_file_id ON reading (raw_file_id);
CREATE INDEX ix_sighting_path_lab_id ON sighting (path, lab_id);
CREATE INDEX ix_sighting_raw_file_id ON sighting (raw_file_id);
CREATE INDEX ix_suggestion_model_run_id ON suggestion (model_run_id);
CREATE INDEX ix_sample_suggestion_id ON sample (suggestion_id);
CREATE INDEX ix_spectrum_raw_file_id ON spectrum (raw_file_id);
CREATE INDEX ix_suggestion_state_state_lab_id ON suggestion_state (state, lab_id);
CREATE INDEX ix_firing_sample_id ON firing (sample_id);
CREATE INDEX ix_sample_state_state_lab_id ON sample_state (state, lab_id);
CREATE INDEX ix_weighing_sample_id ON weighing (sample_id);
CREATE INDEX ix_assignment_pellet_id ON assignment (pellet_id);
CREATE INDEX ix_assignment_raw_file_id ON assignment (raw_file_id);
CREATE INDEX ix_assignment_sample_id ON assignment (sample_id);
CREATE INDEX ix_file_state_pellet_id ON file_state (pellet_id);
CREATE INDEX ix_file_state_sample_id ON file_state (sample_id);
CREATE INDEX ix_file_state_state_lab_id ON file_state (state, lab_id);
CREATE INDEX ix_pellet_geometry_pellet_id ON pellet_geometry (pellet_id);
CREATE INDEX ix_analysis_pellet_geometry_id ON analysis (pellet_geometry_id);
CREATE INDEX ix_analysis_spectrum_id ON analysis (spectrum_id);
CREATE INDEX ix_lesson_analysis_id ON lesson (analysis_id);
CREATE INDEX ix_retraction_analysis_id ON retraction (analysis_id);
CREATE INDEX ix_signature_analysis_id ON signature (analysis_id);
CREATE INDEX ix_spectrum_state_analysis_id ON spectrum_state (analysis_id);
CREATE INDEX ix_spectrum_state_raw_file_id ON spectrum_state (raw_file_id);
CREATE INDEX ix_spectrum_state_reading_id ON spectrum_state (reading_id);
CREATE INDEX ix_spectrum_state_standing_lab_id ON spectrum_state (standing, lab_id);
COMMIT;
